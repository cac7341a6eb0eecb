/**
 * Extended attributes, by path. For a file pinned down with `openPath`, take
 * its `procPath`.
 *
 * @module
 */
import { cString } from "./_memory.ts";
import { libc, settled } from "./_libc_symbols.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkCall } from "./error.ts";
import { type BytePath, quotePath } from "./libc.ts";

/** An attribute that is longer than this (bytes) is refused by {@linkcode getXattr}. */
export const maxXattrSize = 4096;

const value = new Uint8Array(maxXattrSize);

/**
 * Reads an attribute.
 *
 * @param options `followLink`: read that of a symbolic link's target (the default), or its own.
 * @returns A copy of its bytes; `undefined` when the file has no such attribute.
 * @throws {BpfError} EOPNOTSUPP when the filesystem has no attributes, ERANGE
 * when it is longer than {@linkcode maxXattrSize}, and others.
 */
export function getXattr(
  path: BytePath,
  name: string,
  options: { followLink?: boolean } = {},
): Uint8Array | undefined {
  const get = options.followLink ?? true ? libc().getxattr : libc().lgetxattr;
  const [file, attribute] = [cString(path), cString(name)];
  const size = settled(() => Number(get(file, attribute, value, BigInt(maxXattrSize))));
  if (size >= 0) return value.slice(0, size);
  if (size === -Errno.ENODATA) return undefined;
  throw new BpfError(`read the attribute ${name} of ${quotePath(path)}`, -size);
}

/**
 * Sets an attribute, whether it exists or not. Links are followed.
 *
 * @throws {BpfError} EOPNOTSUPP when the filesystem has no attributes, ENOSPC, EROFS and others.
 */
export function setXattr(path: BytePath, name: string, bytes: Uint8Array<ArrayBuffer>): void {
  checkCall(
    () => libc().setxattr(cString(path), cString(name), bytes, BigInt(bytes.byteLength), 0),
    () => `set the attribute ${name} of ${quotePath(path)}`,
  );
}

/**
 * Removes an attribute. Links are followed.
 *
 * @returns Whether there was one.
 * @throws {BpfError} EOPNOTSUPP when the filesystem has no attributes, EROFS and others.
 */
export function removeXattr(path: BytePath, name: string): boolean {
  const rc = settled(() => libc().removexattr(cString(path), cString(name)));
  if (rc === 0) return true;
  if (rc === -Errno.ENODATA) return false;
  throw new BpfError(`remove the attribute ${name} of ${quotePath(path)}`, -rc);
}
