/**
 * Which filesystem is mounted somewhere.
 *
 * @module
 */

import { Errno } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { filesystemStatus } from "../../ffi/libc.ts";

/** Filesystems by their magic number: linux/magic.h. */
export const Magic = {
  bpf: 0xcafe4a11,
  security: 0x73636673,
} as const;

/**
 * Whether a folder is on a filesystem of this type.
 *
 * @param folder The folder; one that doesn't exist isn't.
 * @param magic One of {@linkcode Magic}.
 * @throws {BpfError} When the kernel doesn't tell.
 */
export function isFilesystem(folder: string, magic: number): boolean {
  try {
    return filesystemStatus(folder).type === magic;
  } catch (error) {
    if (error instanceof BpfError && error.errno === Errno.ENOENT) return false;
    throw error;
  }
}
