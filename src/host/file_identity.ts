/**
 * Whether a file is one that is known by its identity, as far as a program can tell that knows less
 * than the kernel.
 *
 * @module
 */

import { reach } from "../../ffi/error.ts";
import { fileHandle } from "../../ffi/file_handle.ts";
import {
  type FileDescriptor,
  filesystemUuid,
  generation,
  openAtOnce,
  status,
} from "../../ffi/libc.ts";
import { type FileId, hasUuid, sameUuid } from "../marks/records.ts";
import { handleGeneration } from "./inode_handle.ts";

/** What can be found out about a regular file's identity. */
export interface FileIdentity {
  ino: bigint;
  /** Null when neither the filesystem nor its handles tell. */
  gen: number | null;
  /** The filesystem's; null when it has none or the kernel doesn't tell. */
  uuid: Uint8Array | null;
  /** As in s_dev. */
  dev: number;
}

/**
 * Finds out about a file.
 *
 * @param file The file, pinned down; nothing but a regular one may be opened without a thought.
 */
export function identityOf(file: FileDescriptor): FileIdentity {
  const { ino, dev } = status(file);
  // What may not be read has a handle all the same.
  using open = reach(() => openAtOnce(file));
  const told = open && reach(() => generation(open));
  const gen = told ?? reach(() => handleGeneration(fileHandle(file)));
  return { ino, dev, gen, uuid: (open && reach(() => filesystemUuid(open))) ?? null };
}

/** What an identity says of a file: that it is the one, that it isn't, or neither. */
export type Same = "yes" | "no" | "maybe";

/**
 * Compares what was found out with an identity that the kernel told.
 *
 * @param found What was found out.
 * @param id The identity.
 * @returns "maybe" where nobody tells the generation: another filesystem may have the same number.
 */
export function compareIdentity({ ino, gen, uuid, dev }: FileIdentity, id: FileId): Same {
  if (ino !== id.ino || (gen !== null && gen !== id.gen)) return "no";
  if (hasUuid(id) && uuid && !sameUuid(uuid, id.fs)) return "no";
  if (gen === null) return "maybe";
  // Of an overlay stat(2) tells another device than the file's.
  return hasUuid(id) || dev === id.dev ? "yes" : "maybe";
}
