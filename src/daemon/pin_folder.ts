/**
 * Folders in the BPF filesystem.
 *
 * @module
 */

import { Errno } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { makeFolder } from "../../ffi/folder.ts";
import { openPath, status } from "../../ffi/libc.ts";
import { readFolder } from "../../ffi/paths.ts";
import { effectiveUid } from "../../ffi/process.ts";

/**
 * Makes a folder that nobody else may use, unless it is there.
 *
 * @throws {BpfError} EPERM when others may write to it, and others.
 */
export function makeOwnFolder(path: string): void {
  if (makeFolder(path, 0o700)) return;
  using folder = openPath(path);
  const { mode, uid } = status(folder);
  if (uid === effectiveUid() && (mode & 0o170077) === 0o040000) return;
  throw new BpfError(`use the folder ${path}, which others may write to`, Errno.EPERM);
}

/**
 * The names of what is in a folder; none where there is no such folder.
 *
 * @throws {BpfError} When it may not be read.
 */
export function namesIn(folder: string): string[] {
  try {
    return readFolder(folder).map(({ name }) => new TextDecoder().decode(name));
  } catch (error) {
    if (error instanceof BpfError && error.errno === Errno.ENOENT) return [];
    throw error;
  }
}
