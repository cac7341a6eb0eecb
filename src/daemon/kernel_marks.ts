/**
 * Origins, marks and files as the kernel knows them.
 *
 * @module
 */

import {
  type LpFileId,
  type LpMark,
  lpMark,
  type LpOrigin,
  lpOrigin,
  lpSeed,
  readLpFileId,
  readLpMark,
  readLpOrigin,
  writeLpFileId,
  writeLpMark,
  writeLpOrigin,
} from "../../ffi/layout.gen.ts";
import { type FileDescriptor, openPath } from "../../ffi/libc.ts";
import type { LoadedObject } from "../../ffi/object.ts";
import { PreparedRun } from "../../ffi/program.ts";
import { MARK_DIRTY, NO_UID, sameFile } from "../marks/records.ts";
import { FileIds } from "./file_ids.ts";
import { fileKey, pinned, u32, u64 } from "./tables.ts";

/** A descriptor that nobody has. */
const NO_FILE = 0xffffffff;

/** The tables of marks, and the programs that change them. */
export class KernelMarks {
  readonly #object: LoadedObject;
  // By the name of the program.
  readonly #runs = new Map<string, PreparedRun>();

  /** @param object The loaded object. */
  constructor(object: LoadedObject) {
    this.#object = object;
  }

  /** How many origins there is room for, which is also the highest number of one. */
  get mostOrigins(): number {
    return this.#object.map("origins").maxEntries;
  }

  /**
   * Hands an origin of the store to the kernel.
   *
   * @returns Whether there was room for it.
   */
  seedOrigin(number: number, origin: LpOrigin): boolean {
    return isDone(this.#run("seed", (view) => {
      writeLpOrigin(view, lpSeed.fields.origin.offset, origin);
      view.setUint32(lpSeed.fields.number.offset, number, true);
    }));
  }

  /**
   * Has the kernel number an origin, or find the number of one like it. It tells of a new one by an
   * event.
   *
   * @returns The number; 0, "unknown", when there is no room for it.
   */
  internOrigin(origin: LpOrigin): number {
    const made = this.#run(
      "intern_origin",
      (view) => writeLpOrigin(view, lpSeed.fields.origin.offset, origin),
    );
    return made.getUint32(lpSeed.fields.number.offset, true);
  }

  /**
   * Hands a mark of the store to the kernel.
   *
   * @returns Whether there was room for it.
   */
  seedMark(file: LpFileId, mark: LpMark): boolean {
    return isDone(this.#run("seed", (view) => {
      writeLpFileId(view, lpSeed.fields.file.offset, file);
      writeLpMark(view, lpSeed.fields.mark.offset, mark);
    }));
  }

  /** Lets recursive landing rules know which folder a folder lies in. */
  seedFolder(folder: bigint, parent: bigint): void {
    this.#object.map("folders").update(u64(folder), u64(parent));
  }

  /** Tells the kernel that a mark, or the end of one, is in the store. */
  settle(file: LpFileId, mark: LpMark): void {
    this.#run("settle", (view) => {
      writeLpFileId(view, lpSeed.fields.file.offset, file);
      writeLpMark(view, lpSeed.fields.mark.offset, mark);
    });
  }

  /**
   * Forgets who wrote a marked file, so that no rule over the writer holds for it any more.
   *
   * @param file The file.
   * @param expected Its mark as it is in the store.
   * @param flag What else its mark is to say.
   * @returns The new mark, which is unsettled; null when the file has another one by now.
   */
  forgetWriter(
    file: FileDescriptor,
    expected: Pick<LpMark, "time" | "writerExe">,
    flag: number,
  ): LpMark | null {
    const { file: id, mark } = this.query(file.number);
    if (mark?.time !== expected.time || mark.writerExe !== expected.writerExe) return null;
    const flags = mark.flags | flag | MARK_DIRTY;
    const changed = { ...mark, writerExe: 0n, writerUid: NO_UID, flags };
    this.seedMark(id, changed);
    // The kernel may just have made another mark of it.
    if (this.mark(id)?.writerExe !== 0n) return null;
    // The copy at the inode is made anew from that.
    this.#object.map("marks").delete(u32(file.number));
    return changed;
  }

  /**
   * Asks who the file behind an open descriptor is, and for its mark.
   *
   * @param fd A descriptor of this process, opened for reading.
   * @returns Its identity, and its mark when it has one.
   */
  query(fd: number): { file: LpFileId; mark: LpMark | null } {
    const view = this.#run(
      "query",
      (view) => view.setUint32(lpSeed.fields.number.offset, fd, true),
    );
    const marked = view.getUint32(lpSeed.fields.result.offset, true) === 1;
    return {
      file: readLpFileId(view, lpSeed.fields.file.offset),
      mark: marked ? readLpMark(view, lpSeed.fields.mark.offset) : null,
    };
  }

  /**
   * Keeps a descriptor only if it is of a certain file: another one may have its path by now.
   *
   * @param file The descriptor, which is closed when it is of another.
   * @param id The file.
   * @returns The descriptor; null when it is of another.
   */
  verified(file: FileDescriptor, id: LpFileId): FileDescriptor | null {
    using stack = new DisposableStack();
    stack.use(file);
    if (!sameFile(this.query(file.number).file, id)) return null;
    stack.move();
    return file;
  }

  /** Calls `visit` for each origin there is. */
  eachOrigin(visit: (number: number, origin: LpOrigin) => void): void {
    this.#object.map("origins").forEach((keys, keyAt, values, valueAt) =>
      visit(keys.getUint32(keyAt, true), readLpOrigin(values, valueAt))
    );
  }

  /** The origin of a number; null when the kernel has none. */
  origin(number: number): LpOrigin | null {
    const value = pinned(lpOrigin.size);
    const found = this.#object.map("origins").lookup(u32(number), value);
    return found ? readLpOrigin(new DataView(value.buffer), 0) : null;
  }

  /** The files whose mark, or end of one, {@linkcode settle} hasn't been called for. */
  unsettled(): FileIds {
    const found = new FileIds();
    this.#object.map("known").forEach((keys, keyAt, values, valueAt) => {
      // Nearly all are settled: only their flags are looked at.
      const flags = values.getUint32(valueAt + lpMark.fields.flags.offset, true);
      if ((flags & MARK_DIRTY) !== 0) found.push(keys, keyAt);
    });
    return found;
  }

  /** What the kernel knows of a file: a mark, the end of one, or nothing. */
  mark(file: LpFileId): LpMark | null {
    const value = pinned(lpMark.size);
    const found = this.#object.map("known").lookup(fileKey(file), value);
    return found ? readLpMark(new DataView(value.buffer), 0) : null;
  }

  /**
   * Sets a place that own protection is about.
   *
   * @param slot Which one.
   * @param path A folder that exists; null: there is none.
   */
  setPlace(slot: number, path: string | null): void {
    using folder = path === null ? undefined : openPath(path);
    this.#run("set_place", (view) => {
      view.setUint32(lpSeed.fields.number.offset, folder?.number ?? NO_FILE, true);
      view.setUint32(lpSeed.fields.result.offset, slot, true);
    });
  }

  /** Runs a program; what it made of what it got is there until it is run again. */
  #run(program: string, fill: (view: DataView) => void): DataView {
    let run = this.#runs.get(program);
    if (!run) {
      run = new PreparedRun(this.#object.program(program), lpSeed.size);
      this.#runs.set(program, run);
    }
    const view = new DataView(run.context.buffer);
    run.context.fill(0);
    fill(view);
    run.run();
    return view;
  }
}

function isDone(result: DataView): boolean {
  return result.getUint32(lpSeed.fields.result.offset, true) === 0;
}
