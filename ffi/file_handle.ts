/**
 * Files by what their filesystem calls them (a file handle), without a path:
 * open_by_handle_at(2).
 *
 * @module
 */

import { cString } from "./_memory.ts";
import { libc } from "./_libc_symbols.ts";
import { checkCall } from "./error.ts";
import { atEmptyPath, FileDescriptor, OpenFlag, pathOnly } from "./libc.ts";

/** What a filesystem calls a file. */
export interface FileHandle {
  /** The filesystem's format, `enum fid_type` of include/linux/exportfs.h. */
  type: number;
  /** The format's bytes. */
  bytes: Uint8Array;
}

/** MAX_HANDLE_SZ of include/uapi/linux/fcntl.h, and the two words before it. */
const MOST = 128;
const HEAD = 8;

/**
 * Asks for the handle of an open file.
 *
 * @param file The file.
 * @throws {BpfError} EOPNOTSUPP when its filesystem has no handles.
 */
export function fileHandle(file: FileDescriptor): FileHandle {
  const buffer = new Uint8Array(HEAD + MOST);
  const view = new DataView(buffer.buffer);
  view.setUint32(0, MOST, true);
  const mount = new Uint8Array(8);
  checkCall(
    () => libc().name_to_handle_at(file.number, cString(""), buffer, mount, atEmptyPath),
    () => `get a handle of descriptor ${file.number}`,
  );
  const length = view.getUint32(0, true);
  return { type: view.getInt32(4, true), bytes: buffer.slice(HEAD, HEAD + length) };
}

/**
 * Pins down (O_PATH) the file of a handle.
 *
 * @param mount Any file of the same filesystem, opened for reading.
 * @param handle The handle.
 * @throws {BpfError} ESTALE when there is no such file any more; EPERM without CAP_DAC_READ_SEARCH.
 */
export function openByHandle(mount: FileDescriptor, handle: FileHandle): FileDescriptor {
  const { type, bytes } = handle;
  const buffer = new Uint8Array(HEAD + bytes.length);
  const view = new DataView(buffer.buffer);
  view.setUint32(0, bytes.length, true);
  view.setInt32(4, type, true);
  buffer.set(bytes, HEAD);
  const fd = checkCall(
    () => libc().open_by_handle_at(mount.number, buffer, pathOnly | OpenFlag.closeOnExec),
    "open a file by its handle",
  );
  return new FileDescriptor(fd);
}
