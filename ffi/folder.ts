/**
 * Making and removing entries of folders that Deno's permissions keep from
 * programs that may not do everything: those below /sys, where BPF objects are
 * pinned.
 *
 * @module
 */
import { libc, settled } from "./_libc_symbols.ts";
import { cString } from "./_memory.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkCall } from "./error.ts";
import { type BytePath, quotePath } from "./libc.ts";

/**
 * Makes a folder.
 *
 * @param path Its parent must exist.
 * @param mode Its permissions.
 * @returns Whether it is new.
 * @throws {BpfError} When it can't be made.
 */
export function makeFolder(path: BytePath, mode: number): boolean {
  const rc = settled(() => libc().mkdir(cString(path), mode));
  if (rc === 0) return true;
  if (rc === -Errno.EEXIST) return false;
  throw new BpfError(`make the folder ${quotePath(path)}`, -rc);
}

/**
 * Removes a file.
 *
 * @returns Whether it was there.
 * @throws {BpfError} When it can't be removed.
 */
export function removeFile(path: BytePath): boolean {
  const rc = settled(() => libc().unlink(cString(path)));
  if (rc === 0) return true;
  if (rc === -Errno.ENOENT) return false;
  throw new BpfError(`remove ${quotePath(path)}`, -rc);
}

/**
 * Removes an empty folder.
 *
 * @returns Whether it was there.
 * @throws {BpfError} ENOTEMPTY when it isn't empty, and others.
 */
export function removeFolder(path: BytePath): boolean {
  const rc = settled(() => libc().rmdir(cString(path)));
  if (rc === 0) return true;
  if (rc === -Errno.ENOENT) return false;
  throw new BpfError(`remove the folder ${quotePath(path)}`, -rc);
}

/**
 * Gives a file another name; what had that name is replaced in the same step.
 *
 * @throws {BpfError} When it can't be renamed.
 */
export function renameFile(from: BytePath, to: BytePath): void {
  checkCall(
    () => libc().rename(cString(from), cString(to)),
    () => `rename ${quotePath(from)} to ${quotePath(to)}`,
  );
}
