/**
 * `linprov help`: explains a command.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { didYouMean } from "../policy/suggest.ts";
import type { Handler } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { ExitCode } from "./exit.ts";
import { commandHelp, overview } from "./render_help.ts";

/** Prints the help of the commands named, or the overview. */
export const handler: Handler = ({ operands, out }) => {
  const name = operands.join(" ");
  if (name === "") {
    out.print(overview(COMMANDS, out));
    return ExitCode.ok;
  }
  const named = COMMANDS.filter((each) => each.name === name || each.name.startsWith(`${name} `));
  if (named.length === 0) {
    throw new UserError(
      "cannot explain a command",
      `unknown command ${JSON.stringify(name)}`,
      {
        exit: ExitCode.usage,
        hint: didYouMean(name, COMMANDS.map((each) => each.name)) ?? "try: linprov --help",
      },
    );
  }
  out.print(named.map((command) => commandHelp(command, out)).join("\n"));
  return ExitCode.ok;
};
