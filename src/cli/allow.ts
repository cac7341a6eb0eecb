/**
 * `linprov allow`: permits what was blocked.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { UserError } from "../errors.ts";
import { flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Asks the daemon for a rule that permits the block of that token. */
export const handler: Handler = async (context) => {
  const token = context.operands[0]!.toLowerCase();
  if (!/^[0-9a-f]{8,}$/.test(token)) {
    throw new UserError(
      "cannot understand the command line",
      `TOKEN is ${JSON.stringify(context.operands[0])}, not 8 or more hex digits`,
      { exit: ExitCode.usage, hint: "it stands in the log line: [allow: TOKEN]" },
    );
  }
  const once = flagOn(context, "once");
  using client = await ControlClient.connect(flagValue(context, "socket"), {
    onOpen: context.dropNetwork,
  });
  const verb = `${once ? "once" : "allow"}${flagOn(context, "content") ? "-content" : ""}`;
  const answer = await client.request(`${verb} ${token}`);
  const [, status, text = ""] = /^(OK|ERR)(?: (.*))?$/s.exec(answer) ?? [];
  if (status === "OK") {
    context.out.print(`${once ? "permitted until the daemon restarts" : "permitted"}: ${text}\n`);
    return ExitCode.ok;
  }
  throw new UserError(`cannot permit ${token}`, status ? text : "what answers is not linprov", {
    exit: status ? ExitCode.no : ExitCode.unreachable,
  });
};
