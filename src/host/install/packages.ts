/**
 * Whose file it is: what a package brought is the package manager's.
 *
 * @module
 */

import { ExitCode } from "../../cli/exit.ts";
import { UserError } from "../../errors.ts";
import { output, type Run } from "./run.ts";

/** Asks which package a file belongs to: exit code 0 means that there is one. */
const MANAGERS: readonly (readonly [command: string, flag: string])[] = [
  ["dpkg", "-S"],
  ["rpm", "-qf"],
];

/**
 * Finds the package that a file belongs to.
 *
 * @param path The file.
 * @param run Starts the package managers.
 * @returns What the package manager says about it, or undefined when it belongs to none.
 */
export async function packageOf(path: string, run: Run = output): Promise<string | undefined> {
  for (const [command, flag] of MANAGERS) {
    const answer = await run(command, [flag, path]);
    if (answer?.code === 0) return `${command} ${flag} says: ${answer.out.trim().split("\n")[0]}`;
  }
  return undefined;
}

/**
 * Refuses to touch files of packages.
 *
 * @param what What can't be done, for the error.
 * @param paths The files.
 * @param run Starts the package managers.
 * @throws {UserError} When a package owns one of them.
 */
export async function requireUnpackaged(
  what: string,
  paths: readonly string[],
  run: Run = output,
): Promise<void> {
  for (const path of paths) {
    const owner = await packageOf(path, run);
    if (owner === undefined) continue;
    throw new UserError(what, `${path} belongs to a package (${owner})`, {
      exit: ExitCode.host,
      hint: "use the package manager for it",
    });
  }
}
