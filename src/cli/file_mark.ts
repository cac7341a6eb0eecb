/**
 * The mark of a file, looked up without the daemon: in the store by inode, or
 * in the file's own attribute.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { Errno } from "../../ffi/errno.ts";
import { type FileDescriptor, openPath, status } from "../../ffi/libc.ts";
import { getXattr } from "../../ffi/xattr.ts";
import { addressText } from "../events/decode.ts";
import type { Mark } from "../events/event.ts";
import { fileDigest } from "../host/file_digest.ts";
import { compareIdentity, identityOf } from "../host/file_identity.ts";
import { FileType } from "../host/files_in.ts";
import { type DecodedMark, decodeMark, MARK_XATTR } from "../marks/mark_codec.ts";
import { type Mark as StoredMark, MARK_DERIVED, NO_UID } from "../marks/records.ts";
import { Store } from "../marks/store.ts";
import { type ByteString, textToByteString } from "../policy/bytes.ts";
import { BUILTIN_ZONES } from "../policy/zones.ts";

/** What is known about a file. */
export interface FileMark {
  /** The mark; null when the file isn't marked. */
  mark: Mark | null;
  /** Where the mark was found. */
  source: "store" | "xattr" | null;
  /** Why the mark can't be understood, when it can't: the file counts as marked all the same. */
  damaged?: string;
  /** What a downloading program noted by itself; nobody has checked it. */
  claimedUrl: string | null;
  /** The marked files that the bytes came out of, the nearest first, where they were last seen. */
  chain: (ByteString | null)[];
}

/** Files of a chain that are shown. */
const LONGEST_CHAIN = 16;

/** Reads marks of files; holds the store open when it may be read. */
export class FileMarks implements Disposable {
  readonly #store: Store | null;
  readonly #zones: ReadonlyMap<number, string>;

  /** @param path The store; without the right to read it, attributes alone tell. */
  constructor(path: string) {
    this.#store = openStore(path);
    const zones = [...BUILTIN_ZONES, ...this.#store?.zones() ?? []];
    this.#zones = new Map(zones.map(([name, number]) => [number, name]));
  }

  /** Whether the store could be read: without it, hashes stay hashes. */
  get hasStore(): boolean {
    return this.#store !== null;
  }

  /**
   * The mark of a file.
   *
   * @param path Its path; a symbolic link is taken itself.
   * @returns What is known; nothing but regular files can be marked.
   * @throws {BpfError} When there is no such file.
   */
  read(path: ByteString): FileMark {
    using file = openPath(path);
    const { ino, mode } = status(file);
    // Opening anything else (a pipe, a device) could wait or do something.
    if ((mode & FileType.mask) !== FileType.regular) {
      return { mark: null, source: null, claimedUrl: null, chain: [] };
    }
    const value = readAttribute(file.procPath, MARK_XATTR);
    const url = readAttribute(file.procPath, "user.xdg.origin.url");
    const claimedUrl = url ? new TextDecoder().decode(url) : null;
    const decoded = value && decodeMark(value);
    const stored = this.#stored(path, file, ino, decoded);
    if (stored) {
      const chain = this.#chain(stored);
      return { mark: this.#fromStore(stored), source: "store", claimedUrl, chain };
    }
    const chain: FileMark["chain"] = [];
    if (!decoded) return { mark: null, source: null, claimedUrl, chain };
    if (decoded.kind === "unknown") {
      return { mark: UNKNOWN_MARK, source: "xattr", damaged: decoded.reason, claimedUrl, chain };
    }
    const { flags, zone, creatorUid, time, ...hashes } = decoded.value;
    const mark: Mark = {
      origin: {
        number: 0,
        creator: this.#text(hashes.creatorExe),
        comm: this.#text(hashes.creatorComm),
        uid: creatorUid === NO_UID ? null : creatorUid,
        zone: this.#zones.get(zone) ?? "unknown",
        remote: null,
        port: null,
        time,
      },
      landingFolder: this.#text(hashes.landingFolder),
      landingFile: this.#text(hashes.landingName),
      writer: null,
      writerUid: null,
      derived: (flags & MARK_DERIVED) !== 0,
      time,
    };
    return { mark, source: "xattr", claimedUrl, chain };
  }

  [Symbol.dispose](): void {
    this.#store?.close();
  }

  /** Other filesystems, and those of earlier boots, have files of the same number. */
  #stored(
    path: ByteString,
    file: FileDescriptor,
    ino: bigint,
    attribute: DecodedMark | undefined,
  ): StoredMark | undefined {
    const marks = this.#store?.marksOfInode(ino) ?? [];
    if (marks.length === 0) return undefined;
    const found = identityOf(file);
    const possible = marks.map((mark) => ({ mark, same: compareIdentity(found, mark.file) }))
      .filter(({ same }) => same !== "no");
    const best = possible.find(({ mark }) => mark.path === path) ??
      possible.find(({ same }) => same === "yes") ??
      possible.find(({ mark }) => isOf(mark, attribute));
    return best?.mark;
  }

  #chain(mark: StoredMark): FileMark["chain"] {
    const chain: FileMark["chain"] = [];
    for (let { from } = mark; from && chain.length < LONGEST_CHAIN;) {
      const before = this.#store?.mark(from);
      chain.push(before?.path ?? null);
      from = before?.from ?? null;
    }
    return chain;
  }

  #fromStore(stored: StoredMark): Mark {
    const origin = this.#store?.origin(stored.origin);
    return {
      origin: {
        number: stored.origin,
        creator: origin?.creatorPath ?? this.#text(origin?.creatorExe ?? 0n),
        comm: origin?.comm || null,
        uid: origin === undefined || origin.uid === NO_UID ? null : origin.uid,
        zone: this.#zones.get(origin?.zone ?? 0) ?? "unknown",
        remote: origin ? addressText(origin.addr) : null,
        port: origin?.port || null,
        time: origin?.time ?? 0,
      },
      landingFolder: this.#text(stored.landingFolder),
      landingFile: this.#text(stored.landingName),
      writer: this.#text(stored.writerExe),
      writerUid: stored.writerUid === NO_UID ? null : stored.writerUid,
      derived: (stored.flags & MARK_DERIVED) !== 0,
      time: stored.time,
    };
  }

  #text(hash: bigint): ByteString | null {
    if (hash === 0n) return null;
    return this.#store?.resolve(hash)?.bytes ??
      textToByteString(`#${hash.toString(16).padStart(16, "0")}`);
  }
}

const UNKNOWN_MARK: Mark = {
  origin: {
    number: 0,
    creator: null,
    comm: null,
    uid: null,
    zone: "unknown",
    remote: null,
    port: null,
    time: 0,
  },
  landingFolder: null,
  landingFile: null,
  writer: null,
  writerUid: null,
  derived: false,
  time: 0,
};

function openStore(path: string): Store | null {
  try {
    return Store.open(path, { readOnly: true });
  } catch {
    // Only root may read it, and only after the first run there is one.
    return null;
  }
}

/** Whether an attribute says the same as a mark. */
function isOf({ time, landingFolder, landingName }: StoredMark, attribute?: DecodedMark): boolean {
  if (attribute?.kind !== "mark") return false;
  const { value } = attribute;
  return value.time === time && value.landingFolder === landingFolder &&
    value.landingName === landingName;
}

function readAttribute(path: string, name: string): Uint8Array | undefined {
  try {
    return getXattr(path, name);
  } catch (error) {
    if (error instanceof BpfError && error.errno === Errno.EOPNOTSUPP) return undefined;
    throw error;
  }
}

/**
 * The SHA-256 of a regular file. Who reads a marked file and prints into another marks that one: so
 * only where a rule needs it.
 *
 * @param path Its path; a symbolic link is taken itself.
 * @returns The digest in hex; null when it can't be read, or is too large for a rule over it.
 */
export function digestOf(path: ByteString): string | null {
  try {
    using file = openPath(path);
    return (status(file).mode & FileType.mask) === FileType.regular ? fileDigest(file) : null;
  } catch (error) {
    if (error instanceof BpfError) return null;
    throw error;
  }
}
