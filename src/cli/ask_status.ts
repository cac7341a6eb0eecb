/**
 * What `status` and `doctor` ask the daemon.
 *
 * @module
 */

import type { ControlClient } from "../control/client.ts";
import { UserError } from "../errors.ts";
import { ExitCode } from "./exit.ts";

/**
 * Asks for the daemon's state.
 *
 * @param client A connection to it.
 * @returns The JSON of a `DaemonStatus`.
 * @throws {UserError} When it doesn't answer, or not to this user.
 */
export async function askStatus(client: ControlClient): Promise<string> {
  const answer = await client.request("status");
  if (answer.startsWith("OK ")) return answer.slice("OK ".length);
  throw new UserError("cannot read the daemon's state", answer.replace(/^ERR /, ""), {
    exit: ExitCode.unreachable,
  });
}
