/**
 * Record locks of fcntl(2), as dpkg and apt take them.
 *
 * @module
 */

import { abi } from "./_abi.ts";
import { libc } from "./_libc_symbols.ts";
import { checkCall } from "./error.ts";
import type { FileDescriptor } from "./libc.ts";

// F_GETLK, F_WRLCK and F_UNLCK of include/uapi/asm-generic/fcntl.h.
const getLock = 5;
const [forWriting, unlocked] = [1, 2] as const;

/**
 * Whether another process holds a record lock on a file.
 *
 * @param file Opened with {@linkcode openFile}.
 * @returns True for any lock on any part of it; locks of this process don't count.
 * @throws {BpfError} When the filesystem can't tell.
 */
export function hasRecordLock(file: FileDescriptor): boolean {
  const { size, fields } = abi.flock;
  // From its beginning to its end, and beyond.
  const lock = new DataView(new ArrayBuffer(size));
  lock.setInt16(fields.l_type, forWriting, true);
  const fd = file.number;
  checkCall(
    () => libc().fcntl(fd, getLock, new Uint8Array(lock.buffer)),
    () => `look for locks of descriptor ${fd}`,
  );
  return lock.getInt16(fields.l_type, true) !== unlocked;
}
