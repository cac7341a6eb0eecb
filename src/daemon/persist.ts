/**
 * Marks on their way to what outlives the kernel's memory: the store and the
 * xattr. A file is found by its path but recognized by its identity, so that
 * no rename or symbolic link in between can make linprov mark another one.
 *
 * @module
 */

import { Errno } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { LpEventType, type LpFileId, type LpMark, type LpOrigin } from "../../ffi/layout.gen.ts";
import { FileDescriptor, openPath } from "../../ffi/libc.ts";
import { removeXattr, setXattr } from "../../ffi/xattr.ts";
import { commText, EventFlag, type RawEvent } from "../events/decode.ts";
import { bootId } from "../host/boot_clock.ts";
import { fileDigest } from "../host/file_digest.ts";
import { type DecodedMark, encodeMark, MARK_XATTR } from "../marks/mark_codec.ts";
import type { PathHasher } from "../marks/path_hash.ts";
import {
  MARK_DIRTY,
  MARK_LASTING_FLAGS,
  MARK_TOMBSTONE,
  MARK_UNKNOWN_ORIGIN,
  NO_UID,
} from "../marks/records.ts";
import type { Store } from "../marks/store.ts";
import { StoreError } from "../marks/store_error.ts";
import { type ByteString, byteStringToBytes } from "../policy/bytes.ts";
import { FileIds } from "./file_ids.ts";
import { FilesByHandle } from "./files_by_handle.ts";
import type { Counters, Kernel } from "./kernel.ts";
import type { Texts } from "./texts.ts";
import { VolatileFilesystems } from "./volatile.ts";

/** Writes batches of events to the store and to the files. */
export class Persister {
  readonly #store: Store;
  readonly #kernel: Kernel;
  readonly #texts: Texts;
  readonly #hasher: PathHasher;
  readonly #volatile: VolatileFilesystems;
  readonly #losses: Record<string, number> = {};
  // What was counted before this daemon was there.
  readonly #before: number;
  readonly #started: bigint;
  // Marks that the kernel told this daemon of.
  #received = 0;
  #stored = 0;
  // Files whose mark was found unsettled, for catchUp.
  #late = new FileIds();

  /**
   * @param store Where marks are kept.
   * @param kernel Told what has been kept.
   * @param texts Learns what hashes stand for.
   * @param hasher Hashes under this host's key.
   * @param started Nanoseconds from boot to the start of this daemon.
   */
  constructor(store: Store, kernel: Kernel, texts: Texts, hasher: PathHasher, started: bigint) {
    this.#store = store;
    this.#kernel = kernel;
    this.#texts = texts;
    this.#hasher = hasher;
    this.#volatile = new VolatileFilesystems(store, bootId());
    this.#before = kernel.counters().marks ?? 0;
    this.#started = started;
  }

  /** Marks in the store. */
  get stored(): number {
    try {
      this.#stored = this.#store.countMarks();
    } catch (error) {
      // What can't be written may not be readable either; that it can't be is counted there.
      if (!(error instanceof StoreError)) throw error;
    }
    return this.#stored;
  }

  /** What could not be done, counted by reason. */
  get losses(): Record<string, number> {
    return { ...this.#losses };
  }

  /**
   * Hands everything in the store to the kernel.
   *
   * @returns How many marks there were.
   */
  seed(): number {
    this.#tidy();
    for (const origin of this.#store.origins()) {
      if (
        !this.#kernel.marks.seedOrigin(origin.number, { ...origin, comm: commField(origin.comm) })
      ) {
        this.lose("seed_full");
      }
    }
    for (const folder of this.#store.landingFolders()) {
      const chain = this.#hasher.folderChain(folder);
      for (let i = 1; i < chain.length; i++) {
        this.#kernel.marks.seedFolder(chain[i]!, chain[i - 1]!);
      }
    }
    let marks = 0;
    for (const mark of this.#store.kernelMarks()) {
      marks++;
      if (!this.#kernel.marks.seedMark(mark.file, mark)) this.lose("seed_full");
    }
    return marks;
  }

  /** Forgets what nothing needs any more. */
  #tidy(): void {
    try {
      this.#volatile.endOthers();
      this.#store.prune();
      // What a process of before has is in the kernel alone.
      if (!this.#kernel.tookOver) this.#store.pruneOrigins(this.#kernel.marks.mostOrigins / 2);
    } catch (error) {
      // No reason not to start: the disk may be full.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** Whether {@linkcode catchUp} has begun and is not done. */
  get isCatchingUp(): boolean {
    return this.#late.length > 0;
  }

  /**
   * How many marks the store doesn't have yet; some may be on their way in the ring buffer.
   *
   * @param counters The kernel's, as they are now.
   */
  unpersisted({ marks = 0 }: Counters): number {
    if (this.isCatchingUp) return this.#late.length;
    return Math.max(0, marks - this.#before - this.#received);
  }

  /**
   * Keeps what the kernel knows and the store doesn't: what happened while no
   * daemon listened, or too fast for it, and was more than the ring could
   * hold. The files are looked for by their inodes, since nobody has told a path.
   *
   * @param most How many marks at a time.
   */
  catchUp(most: number): void {
    if (!this.isCatchingUp) {
      this.#late = this.#kernel.marks.unsettled();
      this.#keepOthers();
    }
    using stack = new DisposableStack();
    const files = stack.use(new FilesByHandle(this.#kernel.marks));
    const unsettled = this.#late.take(most).flatMap((file) => {
      // It may have been settled, or marked anew, since.
      const mark = this.#kernel.marks.mark(file);
      if (!mark || (mark.flags & MARK_DIRTY) === 0) return [];
      const opened = stack.use(this.#unlessGone(() => files.open(file)));
      const found = opened && files.path(opened, file);
      if (found) this.#learnLanding(mark, found);
      return [{ file, mark, opened, found }];
    });
    this.#store.transaction(() => {
      this.#store.putTexts(this.#texts.fresh);
      for (const { file, mark, found } of unsettled) {
        if ((mark.flags & MARK_TOMBSTONE) !== 0) {
          this.#store.endMark(file);
          continue;
        }
        const { path = null, from = null, url = null } = this.#store.mark(file) ?? {};
        const flags = mark.flags & MARK_LASTING_FLAGS;
        this.#store.putMark({ ...mark, file, flags, from, path: found ?? path, url });
      }
    });
    this.#texts.stored();
    for (const { file, mark, opened } of unsettled) {
      const ends = (mark.flags & MARK_TOMBSTONE) !== 0;
      const origin = ends ? null : this.#kernel.marks.origin(mark.origin);
      if (opened && (ends || origin)) this.#setXattr(opened, mark, origin);
      this.#kernel.marks.settle(file, mark);
    }
    if (!this.isCatchingUp) this.#received = (this.#kernel.counters().marks ?? 0) - this.#before;
  }

  /** Origins, and what hashes stand for. */
  #keepOthers(): void {
    const stored = new Set<number>();
    for (const { number } of this.#store.origins()) stored.add(number);
    this.#store.transaction(() => {
      this.#store.putTexts(this.#texts.fresh);
      this.#kernel.marks.eachOrigin((number, origin) => {
        if (stored.has(number)) return;
        const creatorPath = this.#texts.get(origin.creatorExe);
        this.#store.putOrigin({ ...origin, number, comm: commText(origin.comm), creatorPath });
      });
    });
    this.#texts.stored();
  }

  /**
   * Keeps what a batch of events says, in one transaction.
   *
   * @param events In the order in which they happened.
   */
  persist(events: readonly RawEvent[]): void {
    for (const event of events) {
      if (event.type === LpEventType.LP_EVENT_MARK && event.time >= this.#started) this.#received++;
      this.#learn(event);
    }
    const changes = changesByFile(events);
    this.#store.transaction(() => {
      this.#store.putTexts(this.#texts.fresh);
      for (const event of events) {
        if (event.type !== LpEventType.LP_EVENT_ORIGIN) continue;
        const { origin, mark } = event;
        this.#store.putOrigin({
          ...origin,
          number: mark.origin,
          comm: commText(origin.comm),
          creatorPath: this.#texts.get(origin.creatorExe),
        });
      }
      // Also of what is gone by now: others may have come out of it.
      for (const { marked } of changes) {
        if (!marked) continue;
        const { file, mark, text, from: source } = marked;
        const flags = mark.flags & MARK_LASTING_FLAGS;
        const path = text === "" ? null : text;
        const from = source.ino === 0n ? null : source;
        this.#store.putMark({ ...mark, file, flags, from, path, url: null });
      }
      for (const { marked, last } of changes) if (marked !== last) this.#store.endMark(last.file);
    });
    this.#texts.stored();
    for (const { last } of changes) {
      this.#writeXattr(last);
      this.#kernel.marks.settle(last.file, last.mark);
    }
  }

  #learn(event: RawEvent): void {
    const { text, mark, origin } = event;
    // A restored origin may have the hash alone.
    const comm = commText(origin.comm);
    if (comm !== "") this.#texts.learn(origin.creatorComm, "comm", comm);
    if (text === "") return;
    switch (event.type) {
      case LpEventType.LP_EVENT_NAME:
        this.#texts.learn(event.targetFile, "file", text);
        break;
      case LpEventType.LP_EVENT_MARK: {
        // The first landing stays while the file moves on: only texts that hash to it belong to it.
        const slash = text.lastIndexOf("/") + 1;
        if ((event.flags & EventFlag.truncated) !== 0) break;
        if (event.folder === mark.landingFolder) {
          this.#texts.learn(mark.landingFolder, "folder", text.slice(0, slash));
        }
        const base = text.slice(slash);
        if (this.#hasher.name(base) === mark.landingName) {
          this.#texts.learn(mark.landingName, "name", base);
        }
        break;
      }
    }
  }

  /** A path that the kernel hasn't told: its texts are what they hash to. */
  #learnLanding(mark: LpMark, path: ByteString): void {
    const slash = path.lastIndexOf("/") + 1;
    const [folder, base] = [path.slice(0, slash), path.slice(slash)];
    if (this.#hasher.folder(folder) === mark.landingFolder) {
      this.#texts.learn(mark.landingFolder, "folder", folder);
    }
    if (this.#hasher.name(base) === mark.landingName) {
      this.#texts.learn(mark.landingName, "name", base);
    }
  }

  #writeXattr(event: RawEvent): void {
    const { text, flags, mark, origin } = event;
    // A path of another mount namespace would lead to another file here.
    if (text === "" || (flags & (EventFlag.otherNamespace | EventFlag.deleted)) !== 0) return;
    using file = this.#unlessGone(() => this.#openVerified(text, event.file));
    if (!file) return;
    this.#volatile.look(file, event.file);
    this.#setXattr(file, mark, event.type === LpEventType.LP_EVENT_LOCAL ? null : origin);
  }

  /** A file that was moved or removed meanwhile is nobody's fault; what else is wrong is counted. */
  #unlessGone<T>(open: () => T): T | null {
    try {
      return open();
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      if (!GONE.has(error.errno)) this.lose(`xattr_failed: ${error.code}`);
      return null;
    }
  }

  /** The store has the mark: the attribute is the second carrier. Without an origin it ends. */
  #setXattr(file: FileDescriptor, mark: LpMark, origin: LpOrigin | null): void {
    try {
      if (!origin) {
        removeXattr(file.procPath, MARK_XATTR);
        return;
      }
      const value = encodeMark({
        flags: mark.flags & MARK_LASTING_FLAGS,
        zone: origin.zone,
        creatorUid: origin.uid,
        time: mark.time,
        creatorExe: origin.creatorExe,
        creatorComm: origin.creatorComm,
        landingFolder: mark.landingFolder,
        landingName: mark.landingName,
        remote: origin.remote,
      });
      setXattr(file.procPath, MARK_XATTR, value);
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      this.lose(`xattr_failed: ${error.code}`);
    }
  }

  /**
   * Works out the SHA-256 of a marked file.
   *
   * @param path Where it was.
   * @param id Who it is.
   * @returns The digest in hex; null when it is too large.
   * @throws {BpfError} When it can't be read; ESTALE when another file is there.
   */
  digest(path: ByteString, id: LpFileId): string | null {
    using file = this.#openVerified(path, id);
    return fileDigest(file);
  }

  /** Opens a file only if it is the one that the kernel meant: filesystem, inode and generation. */
  #openVerified(path: ByteString, id: LpFileId): FileDescriptor {
    const file = this.#kernel.marks.verified(openPath(path), id);
    if (file) return file;
    throw new BpfError("recognize a marked file", ESTALE);
  }

  /**
   * Takes a mark over from a file's attribute, for the store and the kernel; within a transaction.
   *
   * @param file The file, pinned down.
   * @param path Where it is.
   * @param decoded What its attribute says.
   * @returns Whether the kernel didn't know of it.
   */
  restore(file: FileDescriptor, path: ByteString, decoded: DecodedMark): boolean {
    const { file: id } = this.#kernel.marks.query(file.number);
    // Also the end of one is news.
    if (this.#kernel.marks.mark(id)) return false;
    const mark = { ...this.#markOf(decoded), writerExe: 0n, writerUid: NO_UID };
    // Unsettled: should the disk be full, catchUp writes it later.
    if (!this.#kernel.marks.seedMark(id, { ...mark, flags: mark.flags | MARK_DIRTY })) {
      this.lose("seed_full");
      return false;
    }
    this.#store.putMark({ ...mark, file: id, from: null, path, url: null });
    return true;
  }

  /** Without the parts that the kernel alone knows: what it can't tell is unknown. */
  #markOf(decoded: DecodedMark): Omit<LpMark, "writerExe" | "writerUid"> {
    if (decoded.kind === "unknown") {
      const flags = MARK_UNKNOWN_ORIGIN;
      return { landingFolder: 0n, landingName: 0n, origin: 0, time: 0, flags };
    }
    const { flags, zone, creatorUid, time, creatorExe, creatorComm, remote, ...landing } =
      decoded.value;
    const comm = this.#texts.get(creatorComm) ?? "";
    const fields = {
      ...{ creatorExe, creatorComm, remote, uid: creatorUid, zone, time },
      ...{ addr: new Uint8Array(16), port: 0, family: 0, flags: 0 },
    };
    const number = this.#kernel.marks.internOrigin({ ...fields, comm: commField(comm) });
    // Its event comes later, and a mark in the store must not be without its origin.
    if (number !== 0 && !this.#store.origin(number)) {
      const creatorPath = this.#texts.get(creatorExe);
      this.#store.putOrigin({ ...fields, number, comm, creatorPath });
    }
    return { ...landing, origin: number, time, flags };
  }

  /** Counts a batch that could not be written. */
  storeFailed(): void {
    this.#late = new FileIds();
    this.lose("store_failed");
  }

  /** Counts something that is lost, or can't be done. */
  lose(why: string): void {
    this.#losses[why] = (this.#losses[why] ?? 0) + 1;
  }
}

/** What a batch says of a file. */
interface FileChange {
  /** Its last mark; undefined when there is none in the batch. */
  marked: RawEvent | undefined;
  /** The same, or the end of a mark that came after it. */
  last: RawEvent;
}

function changesByFile(events: readonly RawEvent[]): FileChange[] {
  const changes = new Map<string, FileChange>();
  for (const event of events) {
    if (!ABOUT_MARKS.has(event.type)) continue;
    const key = keyOf(event.file);
    const marked = event.type === LpEventType.LP_EVENT_MARK ? event : changes.get(key)?.marked;
    changes.set(key, { marked, last: event });
  }
  return [...changes.values()];
}

/** What changes the mark of a file. */
const ABOUT_MARKS: ReadonlySet<number> = new Set([
  ...[LpEventType.LP_EVENT_MARK, LpEventType.LP_EVENT_LOCAL, LpEventType.LP_EVENT_GONE],
]);

/** Another file has this path now. */
const ESTALE = 116;

/** Nor is its folder one. */
const ENOTDIR = 20;

/** The file isn't there any more. */
const GONE: ReadonlySet<number> = new Set([ESTALE, Errno.ENOENT, ENOTDIR]);

function keyOf({ fs, dev, ino, gen }: LpFileId): string {
  return `${fs.join()}:${dev}:${ino}:${gen}`;
}

function commField(comm: ByteString): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(byteStringToBytes(comm).subarray(0, 15));
  return bytes;
}
