/**
 * `linprov confirm`: keeps an enforcement that is on trial, or begins it again after failed boots.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { UserError } from "../errors.ts";
import { flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Tells the daemon that a new session could be opened. */
export const handler: Handler = async (context) => {
  using client = await ControlClient.connect(flagValue(context, "socket"), {
    onOpen: context.dropNetwork,
  });
  const answer = await client.request("confirm");
  if (!answer.startsWith("OK")) {
    throw new UserError("cannot confirm", answer.replace(/^ERR /, ""), { exit: ExitCode.no });
  }
  context.out.print("confirmed: linprov enforces\n");
  return ExitCode.ok;
};
