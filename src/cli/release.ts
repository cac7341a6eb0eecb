/**
 * `linprov release`: ends what a daemon that is gone has left in force.
 *
 * @module
 */

import { effectiveUid } from "../../ffi/process.ts";
import { PIN_FOLDER } from "../daemon/pins.ts";
import { release, runningDaemon } from "../daemon/release.ts";
import { UserError } from "../errors.ts";
import type { Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { connectToDaemon } from "./install_binary.ts";

const WHAT = "cannot release what is enforced";

/** Removes all pins, unless a daemon runs. */
export const handler: Handler = async (context) => {
  const uid = effectiveUid();
  if (uid !== 0) {
    throw new UserError(WHAT, `running as uid ${uid}`, {
      exit: ExitCode.host,
      hint: "run it with sudo",
    });
  }
  using client = await connectToDaemon(context);
  const pid = runningDaemon();
  if (client || pid !== null) {
    throw new UserError(WHAT, `a daemon runs${pid === null ? "" : ` (pid ${pid})`}`, {
      exit: ExitCode.no,
      hint: `end it, and enforcement with it: systemctl stop linprov, or kill -TERM ${
        pid ?? "its pid"
      }`,
    });
  }
  const programs = await release();
  context.out.print(
    programs.length === 0
      ? "nothing was in force\n"
      : `released: ${programs.length} programs that were pinned below ${PIN_FOLDER}; nothing is ` +
        "marked or refused any more\n",
  );
  return ExitCode.ok;
};
