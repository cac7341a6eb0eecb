/**
 * The archive format of an initrd ("newc"), written without the cpio program.
 *
 * @module
 */

/** One file or folder. */
export interface CpioEntry {
  /** Path without a leading slash. */
  path: string;
  /** File type and permission bits, as in `st_mode`. */
  mode: number;
  /** Content; none for folders. */
  data?: Uint8Array;
}

/**
 * Packs entries, all owned by root.
 *
 * @param entries parents before children
 * @returns the archive
 */
export function cpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  const add = (bytes: Uint8Array) => parts.push(bytes, new Uint8Array(-bytes.length & 3));
  const all = [...entries, { path: "TRAILER!!!", mode: 0 }] as CpioEntry[];
  for (const [index, { path, mode, data = new Uint8Array() }] of all.entries()) {
    const name = encoder.encode(path + "\0");
    const numbers = [index + 1, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
    const header = "070701" + numbers.map((n) => n.toString(16).padStart(8, "0")).join("");
    // Header and name are padded together.
    add(encoder.encode(header + path + "\0"));
    add(data);
  }
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
