/**
 * Paths and folders as bytes: Deno gives names as text, in which bytes that
 * are no UTF-8 are lost.
 *
 * @module
 */
import { cString, pinnedBytes } from "./_memory.ts";
import { libc } from "./_libc_symbols.ts";
import { checkCall } from "./error.ts";
import { type BytePath, quotePath } from "./libc.ts";

const pathMax = 4096;

// struct dirent of 64-bit Linux: d_ino, d_off, d_reclen, d_type, d_name.
const typeOffset = 18;
const nameOffset = 19;
const lengthOffset = 16;

/** A name in a folder. */
export interface FolderEntry {
  name: Uint8Array<ArrayBuffer>;
  /** `unknown` where the filesystem doesn't tell. */
  type: "folder" | "file" | "link" | "other" | "unknown";
}

const types: Readonly<Record<number, FolderEntry["type"]>> = {
  0: "unknown",
  4: "folder",
  8: "file",
  10: "link",
};

/**
 * The path of a file without links, `.` and `..`.
 *
 * @throws {BpfError} When there is no such file, or it is out of reach.
 */
export function realPath(path: BytePath): Uint8Array<ArrayBuffer> {
  const buffer = pinnedBytes(pathMax);
  checkCall(
    () => libc().realpath(cString(path), buffer) === null ? -1 : 0,
    () => `look up ${quotePath(path)}`,
  );
  return buffer.slice(0, buffer.indexOf(0));
}

/**
 * Reads a folder.
 *
 * @returns Its entries in the order of their bytes, without `.` and `..`.
 * @throws {BpfError} When it can't be read.
 */
export function readFolder(path: BytePath): FolderEntry[] {
  let folder: Deno.PointerValue = null;
  checkCall(
    () => (folder = libc().opendir(cString(path))) === null ? -1 : 0,
    () => `read the folder ${quotePath(path)}`,
  );
  const entries: FolderEntry[] = [];
  try {
    for (let entry = libc().readdir(folder); entry !== null; entry = libc().readdir(folder)) {
      const view = new Deno.UnsafePointerView(entry);
      const room = view.getUint16(lengthOffset) - nameOffset;
      const bytes = pinnedBytes(room);
      view.copyInto(bytes, nameOffset);
      const name = bytes.slice(0, bytes.indexOf(0));
      if (name.every((byte) => byte === 0x2e) && name.length <= 2) continue;
      entries.push({ name, type: types[view.getUint8(typeOffset)] ?? "other" });
    }
  } finally {
    libc().closedir(folder);
  }
  return entries.sort((a, b) => compare(a.name, b.name));
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
