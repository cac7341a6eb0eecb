/**
 * Files by the hundred thousand, in as many bytes as the kernel needs for them.
 *
 * @module
 */

import { type LpFileId, lpFileId, readLpFileId } from "../../ffi/layout.gen.ts";

/** Files that wait in a queue. */
export class FileIds {
  #bytes = new Uint8Array(lpFileId.size * 256);
  #start = 0;
  #end = 0;

  /** How many there are. */
  get length(): number {
    return (this.#end - this.#start) / lpFileId.size;
  }

  /**
   * Adds one.
   *
   * @param from What its bytes are in.
   * @param at Where they begin.
   */
  push(from: DataView, at: number): void {
    if (this.#end === this.#bytes.length) {
      const more = new Uint8Array(this.#bytes.length * 2);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes.set(new Uint8Array(from.buffer, from.byteOffset + at, lpFileId.size), this.#end);
    this.#end += lpFileId.size;
  }

  /**
   * Takes the first ones out.
   *
   * @param most How many at most.
   */
  take(most: number): LpFileId[] {
    const taken: LpFileId[] = [];
    const view = new DataView(this.#bytes.buffer);
    while (taken.length < most && this.#start < this.#end) {
      taken.push(readLpFileId(view, this.#start));
      this.#start += lpFileId.size;
    }
    return taken;
  }
}
