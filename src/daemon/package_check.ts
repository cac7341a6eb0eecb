/**
 * Files that a trusted package manager wrote, compared in the background with
 * what the packages say: what isn't a package's loses the trust in its writer.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { reach } from "../../ffi/error.ts";
import { LpEventType } from "../../ffi/layout.gen.ts";
import { type FileDescriptor, openAtOnce, openPath, readSome, status } from "../../ffi/libc.ts";
import { EventFlag, type RawEvent } from "../events/decode.ts";
import { FileType } from "../host/files_in.ts";
import type { Listing, PackageDatabase } from "../host/package_database.ts";
import type { PathHasher } from "../marks/path_hash.ts";
import {
  type FileId,
  type Mark,
  MARK_CHECKED,
  MARK_DISTRUSTED,
  MARK_UNFOUND,
  sameFile,
} from "../marks/records.ts";
import type { Store } from "../marks/store.ts";
import type { ByteString } from "../policy/bytes.ts";
import { hasScriptSuffix } from "../policy/interpreters.ts";
import type { Rule } from "../policy/rule.ts";
import type { KernelMarks } from "./kernel_marks.ts";

/** A file that lost the trust. */
export interface Distrusted {
  path: ByteString;
  /** The database's name. */
  database: string;
  /** Null when no package lists it. */
  package: ByteString | null;
  why: string;
  /** What a person may do. */
  advice: string;
}

/** Milliseconds without a new file before a check begins, and between two tries. */
const QUIET_MS = 5000;

/** Files that are looked up together. */
const BATCH = 2000;

/** Bytes read at a time. */
const CHUNK = 1 << 20;

/** Any execute bit. */
const EXECUTABLE = 0o111;

/** A file where it is now. */
interface Place {
  mark: Mark;
  path: ByteString;
}

/** As whom a program is trusted to write. */
export type Uids = ReadonlySet<number> | "all";

/** A package manager whose files rules permit. */
interface Trusted {
  database: PackageDatabase;
  uids: Uids;
}

/** What a {@linkcode PackageCheck} works on. */
export interface PackageCheckParts {
  kernel: KernelMarks;
  store: Store;
  hasher: PathHasher;
  databases: readonly PackageDatabase[];
}

/** The check, taken on by {@linkcode PackageCheck.step}. */
export class PackageCheck {
  readonly #kernel: KernelMarks;
  readonly #store: Store;
  readonly #hasher: PathHasher;
  readonly #databases: readonly PackageDatabase[];
  // Those that are trusted now, by the hash of the writer.
  #writers = new Map<bigint, Trusted>();
  #walk: Generator<void> | undefined;
  // There may be files that haven't been looked at; not before this time.
  #due = true;
  #notBefore = 0;
  #found: Distrusted[] = [];

  /** @param parts What it works on. */
  constructor({ kernel, store, hasher, databases }: PackageCheckParts) {
    this.#kernel = kernel;
    this.#store = store;
    this.#hasher = hasher;
    this.#databases = databases;
  }

  /**
   * Sets whose files are checked.
   *
   * @param programs Those that rules over the writer trust; of these, the package managers.
   */
  trust(programs: ReadonlyMap<ByteString, Uids>): void {
    this.#writers = new Map(
      this.#databases.flatMap((database) =>
        database.writers.flatMap((writer): [bigint, Trusted][] => {
          const uids = programs.get(writer);
          return uids ? [[this.#hasher.file(writer), { database, uids }]] : [];
        })
      ),
    );
    this.#due = true;
  }

  /** There may be files that nobody has told of. */
  again(): void {
    this.#due = true;
  }

  /** Learns of a file that was written, or that ran, after the store did. */
  note(event: RawEvent): void {
    // Anybody may have a package manager write something; it is a system's only as its user.
    const uids = this.#writers.get(event.mark.writerExe)?.uids;
    if (!uids || (uids !== "all" && !uids.has(event.mark.writerUid))) return;
    if (event.type === LpEventType.LP_EVENT_MARK) {
      this.#due = true;
      this.#notBefore = performance.now() + QUIET_MS;
    } else if (event.type === LpEventType.LP_EVENT_VERDICT) {
      this.#foundAgain(event);
    }
  }

  /** A file that wasn't where it had been written runs somewhere else. */
  #foundAgain({ file, text, flags }: RawEvent): void {
    if (text === "" || (flags & (EventFlag.otherNamespace | EventFlag.deleted)) !== 0) return;
    const mark = this.#store.mark(file);
    if (!mark || (mark.flags & MARK_UNFOUND) === 0) return;
    this.#store.putMark({ ...mark, path: text, flags: mark.flags & ~MARK_UNFOUND });
    this.#due = true;
  }

  /**
   * Goes on for a while.
   *
   * @param milliseconds About how long.
   * @returns The files that lost the trust.
   * @throws {StoreError} When the store can't be written; the check begins anew later.
   */
  step(milliseconds: number): Distrusted[] {
    const until = performance.now() + milliseconds;
    this.#begin();
    try {
      while (this.#walk && performance.now() < until) {
        if (this.#walk.next().done) this.#walk = undefined;
      }
    } catch (error) {
      this.#later();
      throw error;
    }
    return this.#found.splice(0);
  }

  /** Whether there are files to look at, now or soon. */
  get isBusy(): boolean {
    return this.#walk !== undefined || (this.#due && this.#writers.size > 0);
  }

  /** How many files are there that have lost the trust. */
  countDistrusted(): number {
    return this.#store.marksWith(MARK_DISTRUSTED, BATCH)
      .filter((mark) => mark.path !== null && this.#isAt(mark.path, mark.file)).length;
  }

  #begin(): void {
    const now = performance.now();
    if (this.#walk || !this.#due || now < this.#notBefore || this.#writers.size === 0) return;
    this.#notBefore = now + QUIET_MS;
    if (![...this.#writers.values()].every(({ database }) => database.isAtRest())) return;
    this.#due = false;
    this.#walk = this.#everything();
  }

  #later(): void {
    this.#walk = undefined;
    this.#due = true;
    this.#notBefore = performance.now() + QUIET_MS;
  }

  *#everything(): Generator<void> {
    for (const [writer, { database, uids }] of this.#writers) {
      for (;;) {
        const marks = this.#store.uncheckedMarks(writer, uids, BATCH);
        if (marks.length === 0) break;
        if (!(yield* this.#batch(marks, database))) return this.#later();
      }
    }
  }

  /** Returns false when the package manager has begun something meanwhile: nothing is sure then. */
  *#batch(marks: readonly Mark[], database: PackageDatabase): Generator<void, boolean> {
    const places: Place[] = [];
    const results: { mark: Mark; flag: number; path: ByteString | null }[] = [];
    for (const mark of marks) {
      const path = this.#locate(mark, database);
      const canRun = path === null ? null : this.#canRun(path);
      if (path === null || canRun === null) results.push({ mark, flag: MARK_UNFOUND, path });
      else if (canRun) places.push({ mark, path });
      else results.push({ mark, flag: MARK_CHECKED, path });
      yield;
    }
    const listings = yield* database.look(places.map(({ path }) => path));
    for (const { mark, path } of places) {
      const wrong = yield* this.#compare(path, listings.get(path)!, database);
      if (wrong === "gone" || !this.#isAt(path, mark.file)) {
        results.push({ mark, flag: MARK_UNFOUND, path: null });
      } else if (wrong === null) {
        results.push({ mark, flag: MARK_CHECKED, path });
      } else {
        if (!database.isAtRest()) return false;
        const changed = this.#distrust(path, mark, { path, database: database.name, ...wrong });
        if (!changed) results.push({ mark, flag: MARK_UNFOUND, path });
      }
    }
    this.#store.transaction(() => {
      for (const { mark, flag, path } of results) this.#note(mark, flag, path);
    });
    return true;
  }

  /** What was found out about a file, unless it was written again since. */
  #note(mark: Mark, flag: number, path: ByteString | null): void {
    const now = this.#store.mark(mark.file);
    if (!now || now.time !== mark.time || now.writerExe !== mark.writerExe) return;
    this.#store.putMark({ ...now, path: path ?? now.path, flags: now.flags | flag });
  }

  #locate({ path, file }: Mark, database: PackageDatabase): ByteString | null {
    if (path === null) return null;
    return database.places(path).find((place) => this.#isAt(place, file)) ?? null;
  }

  #isAt(path: ByteString, file: FileId): boolean {
    return reach(() => {
      using opened = openPath(path);
      return sameFile(this.#kernel.query(opened.number).file, file);
    }) ?? false;
  }

  /** Whether a file may be code: what can't run needs no trust in that. Null: can't be read now. */
  #canRun(path: ByteString): boolean | null {
    return reach(() => {
      using file = openRegular(path);
      if (!file) return false;
      if ((status(file).mode & EXECUTABLE) !== 0 || hasScriptSuffix(path)) return true;
      const start = readSome(file, 4);
      return START_OF_CODE.some((magic) => magic.every((byte, i) => byte === start[i]));
    });
  }

  *#compare(
    path: ByteString,
    listings: readonly Listing[],
    database: PackageDatabase,
  ): Generator<void, Pick<Distrusted, "package" | "why" | "advice"> | "gone" | null> {
    const first = listings[0];
    if (!first) {
      if (database.owns(path)) return null;
      const advice = "find out what put it there; linprov why and linprov allow permit it";
      return { package: null, why: "no package lists it", advice };
    }
    const sums = listings.filter(({ md5 }) => md5 !== null);
    // Configuration has none.
    if (sums.length === 0) return null;
    const found = yield* md5Of(path);
    if (found === null) return "gone";
    if (sums.some(({ md5 }) => md5 === found)) return null;
    const why = "its content isn't what the package says";
    return { package: first.package, why, advice: database.advice(first.package) };
  }

  /** Returns false when the kernel has another mark for it by now, whose event is on its way. */
  #distrust(path: ByteString, mark: Mark, found: Distrusted): boolean {
    const changed = reach(() => {
      using file = openPath(path);
      return this.#kernel.forgetWriter(file, mark, MARK_DISTRUSTED);
    });
    if (!changed) return false;
    this.#found.push(found);
    const stored = this.#store.mark(mark.file) ?? mark;
    this.#store.putMark({ ...stored, ...changed, file: mark.file, path });
    this.#kernel.settle(mark.file, changed);
    return true;
  }
}

/**
 * The programs whose files rules permit.
 *
 * @param rules The rules.
 * @returns As whom they are trusted, by their paths.
 */
export function trustedWriters(rules: readonly Rule[]): Map<ByteString, Uids> {
  const writers = new Map<ByteString, Uids>();
  for (const { deny, when: { writer_process: writer, writer_uid: uid } } of rules) {
    if (deny || writer === undefined) continue;
    const before = writers.get(writer) ?? new Set();
    const isForAll = uid === undefined || before === "all";
    writers.set(writer, isForAll ? "all" : new Set([...before, uid]));
  }
  return writers;
}

/** ELF, and a script's first line. */
const START_OF_CODE: readonly (readonly number[])[] = [[0x7f, 0x45, 0x4c, 0x46], [0x23, 0x21]];

/** Null when it is no regular file. Fails where somebody's lease would have to be awaited. */
function openRegular(path: ByteString): FileDescriptor | null {
  using pinned = openPath(path);
  const isRegular = (status(pinned).mode & FileType.mask) === FileType.regular;
  return isRegular ? openAtOnce(pinned) : null;
}

/** Null when it can't be read. */
function* md5Of(path: ByteString): Generator<void, string | null> {
  using file = reach(() => openRegular(path));
  if (!file) return null;
  const hash = createHash("md5");
  for (;;) {
    const bytes = reach(() => readSome(file, CHUNK));
    if (bytes === null) return null;
    if (bytes.length === 0) return hash.digest("hex");
    hash.update(bytes);
    yield;
  }
}
