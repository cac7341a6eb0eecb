/**
 * The place of the control socket in the file system: its folder, what is left
 * there of an earlier daemon, and who may open it.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";

/** The group whose members may use the socket with `notifications = "group"`. */
export const GROUP = "linprov";

const fail = (path: string, why: string, hint?: string) =>
  new UserError(`cannot listen at ${path}`, why, { exit: ExitCode.host, hint });

/**
 * Makes the place free: creates the folder, and removes the socket of a daemon
 * that has ended.
 *
 * @param path The socket's path.
 * @throws {UserError} If a daemon answers there, if something else is there, or
 * if others could put something there.
 */
export async function clearPlace(path: string): Promise<void> {
  const folder = path.replace(/\/[^/]*$/, "") || "/";
  await Deno.mkdir(folder, { recursive: true, mode: 0o755 });
  const info = await Deno.lstat(folder);
  if (!info.isDirectory) throw fail(path, `${folder} is not a folder`);
  if (info.uid !== Deno.uid()) throw fail(path, `${folder} belongs to uid ${info.uid}`);
  if (info.mode! & 0o022) {
    throw fail(path, `${folder} can be written by others`, `fix it with: chmod 755 ${folder}`);
  }
  const found = await Deno.lstat(path).catch(notFound);
  if (!found) return;
  if (!found.isSocket) throw fail(path, "something else is there");
  if (await answers(path)) {
    throw fail(path, "another linprov is running", "stop it with: systemctl stop linprov");
  }
  await Deno.remove(path).catch(notFound);
}

function notFound(error: unknown): null {
  if (error instanceof Deno.errors.NotFound) return null;
  throw error;
}

/** Whether somebody listens. One who is too busy to answer does. */
async function answers(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.ConnectionRefused ||
      error instanceof Deno.errors.NotFound);
  }
}

/**
 * Decides who may open the socket.
 *
 * @param path The socket.
 * @param notifications `group` opens it to the group's members.
 * @param groups The group file.
 * @throws {UserError} If there is no such group.
 */
export async function setAccess(
  path: string,
  notifications: "off" | "group",
  groups = "/etc/group",
): Promise<void> {
  if (notifications === "off") {
    await Deno.chmod(path, 0o600);
    return;
  }
  const gid = groupNumber(await Deno.readTextFile(groups), GROUP);
  if (gid === undefined) {
    throw new UserError(
      `cannot open ${path} to the group ${GROUP}`,
      "there is no such group",
      { exit: ExitCode.config, hint: `create it with: groupadd --system ${GROUP}` },
    );
  }
  // The owner first: the mode would let the old group in.
  await Deno.chown(path, null, gid);
  await Deno.chmod(path, 0o660);
}

/**
 * Looks a group up.
 *
 * @param text The text of a group file.
 * @param name The group's name.
 * @returns Its number, or undefined.
 */
export function groupNumber(text: string, name: string): number | undefined {
  for (const line of text.split("\n")) {
    const [group, , number] = line.split(":");
    if (group === name && number !== undefined && /^\d+$/.test(number)) return Number(number);
  }
  return undefined;
}
