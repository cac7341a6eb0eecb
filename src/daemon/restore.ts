/**
 * Marks out of the files' attributes, after the store was lost: a walk through
 * this machine's filesystems, a little at a time.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { openPath, readFile, status } from "../../ffi/libc.ts";
import { getXattr } from "../../ffi/xattr.ts";
import { filesIn, FileType } from "../host/files_in.ts";
import { mountPoints } from "../host/mounts.ts";
import { decodeMark, MARK_XATTR } from "../marks/mark_codec.ts";
import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import type { Persister } from "./persist.ts";

/** A walk, taken on by {@linkcode Restore.step}. */
export class Restore {
  readonly #persister: Persister;
  readonly #walk: Generator<void>;
  /** All files have been looked at. */
  isDone = false;
  /** Files looked at so far. */
  looked = 0;
  /** Marks that the kernel didn't know. */
  restored = 0;

  /** @param persister Takes the marks. */
  constructor(persister: Persister) {
    this.#persister = persister;
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
      this.isDone = this.#walk.next().done === true;
    }
  }

  *#everything(): Generator<void> {
    const { tops, all } = mountPoints(bytesToByteString(readFile("/proc/self/mountinfo")));
    const options = { wrong: passOver, enters: (path: ByteString) => !all.has(path) };
    for (const top of tops) {
      for (const path of filesIn(top === "/" ? "" : top, options)) {
        this.#look(path);
        yield;
      }
    }
  }

  #look(path: ByteString): void {
    this.looked++;
    try {
      // Hardly any file has one.
      if (getXattr(path, MARK_XATTR, { followLink: false }) === undefined) return;
      // By now another file may have that path: what counts is what the one that is pinned down has.
      using file = openPath(path);
      if ((status(file).mode & FileType.mask) !== FileType.regular) return;
      const value = getXattr(file.procPath, MARK_XATTR);
      if (value && this.#persister.restore(file, path, decodeMark(value))) this.restored++;
    } catch (error) {
      passOver(path, error);
    }
  }
}

/** It was removed meanwhile, or is out of reach. */
function passOver(_path: ByteString, error: unknown): void {
  if (!(error instanceof BpfError)) throw error;
}
