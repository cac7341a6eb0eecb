/**
 * Marks out of the files' attributes, after the store was lost: a walk through
 * this machine's filesystems, a little at a time.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { openPath, readFile, status } from "../../ffi/libc.ts";
import { readFolder } from "../../ffi/paths.ts";
import { getXattr } from "../../ffi/xattr.ts";
import { type MountPoints, mountPoints } from "../host/mounts.ts";
import { decodeMark, MARK_XATTR } from "../marks/mark_codec.ts";
import { bytesToByteString, type ByteString, byteStringToBytes } from "../policy/bytes.ts";
import type { Persister } from "./persist.ts";

/** S_IFMT, S_IFREG and S_IFDIR. */
const TYPE = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

/** Files looked at between two looks at the clock. */
const STRIDE = 64;

/** A walk, taken on by {@linkcode Restore.step}. */
export class Restore {
  readonly #persister: Persister;
  readonly #walk: Generator<void>;
  readonly #mounts: MountPoints;
  /** All files have been looked at. */
  isDone = false;
  /** Files looked at so far. */
  looked = 0;
  /** Marks that the kernel didn't know. */
  restored = 0;

  /** @param persister Takes the marks. */
  constructor(persister: Persister) {
    this.#persister = persister;
    this.#mounts = mountPoints(bytesToByteString(readFile("/proc/self/mountinfo")));
    this.#walk = this.#everything();
  }

  /**
   * Goes on for a while.
   *
   * @param milliseconds About how long.
   */
  step(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    while (!this.isDone && performance.now() < until) {
      for (let i = 0; i < STRIDE && !this.isDone; i++) {
        this.isDone = this.#walk.next().done === true;
      }
    }
  }

  *#everything(): Generator<void> {
    for (const top of this.#mounts.tops) yield* this.#folder(top);
  }

  *#folder(top: ByteString): Generator<void> {
    const folders = [top];
    for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
      const inside = path === "/" ? "/" : `${path}/`;
      for (const { name, type } of entries(path)) {
        yield;
        const each = inside + bytesToByteString(name);
        const kind = type === "unknown" ? typeOf(each) : type;
        if (kind === "file") this.#file(each);
        else if (kind === "folder" && !this.#mounts.all.has(each)) folders.push(each);
      }
    }
  }

  #file(path: ByteString): void {
    this.looked++;
    const bytes = byteStringToBytes(path);
    try {
      const value = getXattr(bytes, MARK_XATTR, { followLink: false });
      if (value === undefined) return;
      using file = openPath(bytes);
      if ((status(file).mode & TYPE) !== REGULAR) return;
      if (this.#persister.restore(file, path, decodeMark(value))) this.restored++;
    } catch (error) {
      // It was removed meanwhile, or is out of reach.
      if (!(error instanceof BpfError)) throw error;
    }
  }
}

function entries(path: ByteString): ReturnType<typeof readFolder> {
  try {
    return readFolder(byteStringToBytes(path));
  } catch (error) {
    if (error instanceof BpfError) return [];
    throw error;
  }
}

function typeOf(path: ByteString): "file" | "folder" | "other" {
  try {
    using file = openPath(byteStringToBytes(path));
    const type = status(file).mode & TYPE;
    return type === REGULAR ? "file" : type === FOLDER ? "folder" : "other";
  } catch (error) {
    if (error instanceof BpfError) return "other";
    throw error;
  }
}
