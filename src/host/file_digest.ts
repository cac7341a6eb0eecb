/**
 * What is in a file, by its SHA-256, as user space works it out.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type FileDescriptor, openAtOnce, readSome } from "../../ffi/libc.ts";

/** Bytes of the largest file that has a digest: DIGEST_MAX of bpf/digest.h. */
export const DIGEST_MAX = 512n << 20n;

const CHUNK = 1 << 20;

/**
 * Works out the SHA-256 of a regular file.
 *
 * @param file The file, pinned down.
 * @returns 64 lower-case hex digits; null when it is larger than {@linkcode DIGEST_MAX}.
 * @throws {BpfError} When it can't be read.
 */
export function fileDigest(file: FileDescriptor): string | null {
  using open = openAtOnce(file);
  const hash = createHash("sha256");
  for (let length = 0n;;) {
    const bytes = readSome(open, CHUNK);
    if (bytes.length === 0) return hash.digest("hex");
    length += BigInt(bytes.length);
    if (length > DIGEST_MAX) return null;
    hash.update(bytes);
  }
}
