/**
 * Whose file it is: what a package brought is the package manager's.
 *
 * @module
 */

import { ExitCode } from "../../cli/exit.ts";
import { UserError } from "../../errors.ts";
import { output, type Run } from "./run.ts";

/** What a package manager says about a file. */
interface Owned {
  path: string;
  says: string;
}

/**
 * Finds a file that belongs to a package.
 *
 * @param paths The files.
 * @param run Starts the package managers.
 * @returns The first one, with what the package manager says, or undefined when none does.
 */
export async function findPackaged(
  paths: readonly string[],
  run: Run = output,
): Promise<Owned | undefined> {
  // Once for all: dpkg reads the lists of all packages each time. It fails when it misses one.
  const lines = (await run("dpkg", ["-S", ...paths]))?.out.split("\n") ?? [];
  for (const path of paths) {
    const line = lines.find((line) => line.endsWith(`: ${path}`));
    if (line !== undefined) return { path, says: `dpkg -S says: ${line}` };
  }
  for (const path of paths) {
    const answer = await run("rpm", ["-qf", path]);
    if (!answer) return undefined;
    if (answer.code === 0) return { path, says: `rpm -qf says: ${answer.out.trim()}` };
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
  const owned = await findPackaged(paths, run);
  if (!owned) return;
  throw new UserError(what, `${owned.path} belongs to a package (${owned.says})`, {
    exit: ExitCode.host,
    hint: "use the package manager for it",
  });
}
