/**
 * The hashes by which the kernel knows paths, names, addresses and contents.
 *
 * A path is hashed component by component, so that its length doesn't matter
 * and every folder above a file has a hash of its own:
 *
 * ```text
 * folder = H(LE64(parent folder) ‖ name ‖ "/")     the parent of "/" is 0
 * file   = H(LE64(folder) ‖ name)
 * ```
 *
 * What is no path component is hashed below a parent that no folder has, so
 * that a base name can never equal a process name or an address.
 *
 * @module
 */

import type { ByteString } from "../policy/bytes.ts";
import { SipHasher } from "./siphash.ts";

// LP_HASH_* of bpf/wire.h.
const BELOW_NAME = 0xffffffffffffff01n;
const BELOW_COMM = 0xffffffffffffff02n;
const BELOW_REMOTE = 0xffffffffffffff03n;
const BELOW_DIGEST = 0xffffffffffffff04n;
const BELOW_HEADER = 0xffffffffffffff05n;

const SLASH = 0x2f;
/** Room for the parent and the final slash around a name. */
const OVERHEAD = 9;

/** How much of a program the kernel has at hand when it executes it, in bytes. */
export const HEADER_SIZE = 256;

/** How many folders a {@linkcode PathHasher} remembers unless told otherwise. */
export const FOLDER_CACHE_SIZE = 65_536;

/**
 * Hashes paths and names under this host's key. Folder hashes are remembered,
 * since most paths share their folders.
 *
 * All paths are absolute and normalized byte strings, as the kernel prints them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const hasher = new PathHasher(Uint8Array.from({ length: 16 }, (_, i) => i));
 * assertEquals(hasher.folder("/usr/bin/"), 0xa48f1330e1408719n);
 * assertEquals(hasher.file("/usr/bin/true"), 0x7e44aa5f796162d7n);
 * ```
 */
export class PathHasher {
  readonly #sip: SipHasher;
  // Two generations: when the young one is full the old one is dropped whole.
  // (Deleting one by one from the front of a Map gets slower with every step.)
  #young = new Map<ByteString, bigint>();
  #old = new Map<ByteString, bigint>();
  readonly #generationSize: number;
  readonly #root: bigint;
  #scratch = new Uint8Array(512);
  #view = new DataView(this.#scratch.buffer);

  /**
   * @param key The host's key, 16 bytes.
   * @param options `cacheSize`: how many folders to remember at most.
   * @throws {RangeError} If the key has another length.
   */
  constructor(key: Uint8Array, options: { cacheSize?: number } = {}) {
    this.#sip = new SipHasher(key);
    this.#generationSize = Math.ceil((options.cacheSize ?? FOLDER_CACHE_SIZE) / 2);
    this.#root = this.#hash(0n, "", true);
  }

  /**
   * The hash of a folder.
   *
   * @param path The folder's path, with or without the final slash.
   * @returns A u64.
   * @throws {RangeError} If the path isn't absolute.
   */
  folder(path: ByteString): bigint {
    return this.#folder(withSlash(path));
  }

  /**
   * The hash of a file's full path.
   *
   * @param path The file's path.
   * @returns A u64.
   * @throws {RangeError} If the path isn't absolute.
   */
  file(path: ByteString): bigint {
    const start = path.lastIndexOf("/") + 1;
    return this.#hash(this.#folder(checked(path).slice(0, start)), path.slice(start), false);
  }

  /**
   * The hashes of a folder and of all folders above it, the root first.
   *
   * @param path The folder's path, with or without the final slash.
   * @returns One u64 a folder: `/usr/bin/` has three.
   * @throws {RangeError} If the path isn't absolute.
   */
  folderChain(path: ByteString): bigint[] {
    const folder = withSlash(path);
    const chain = [this.#root];
    for (let end = folder.indexOf("/", 1); end > 0; end = folder.indexOf("/", end + 1)) {
      chain.push(this.#folder(folder.slice(0, end + 1)));
    }
    return chain;
  }

  /** The hash of a base name: landing file names. */
  name(base: ByteString): bigint {
    return this.#hash(BELOW_NAME, base, false);
  }

  /** The hash of a process name, without the NUL bytes behind it. */
  comm(comm: ByteString): bigint {
    return this.#hash(BELOW_COMM, comm, false);
  }

  /**
   * The hash of a remote address. The port isn't part of it: an accepted
   * connection has another one each time.
   *
   * @param address 16 bytes: IPv6, or IPv4 mapped into `::ffff:0:0/96`.
   * @returns A u64.
   * @throws {RangeError} If the address hasn't 16 bytes.
   */
  remote(address: Uint8Array): bigint {
    if (address.length !== 16) {
      throw new RangeError(`Cannot hash an address of ${address.length} bytes: it must have 16`);
    }
    this.#view.setBigUint64(0, BELOW_REMOTE, true);
    this.#scratch.set(address, 8);
    return this.#sip.hash(this.#scratch, 24);
  }

  /**
   * The hash of how a program starts.
   *
   * @param start Its first 256 bytes, zeros behind a shorter one.
   * @returns A u64.
   * @throws {RangeError} If there aren't 256 bytes.
   */
  header(start: Uint8Array): bigint {
    if (start.length !== HEADER_SIZE) {
      throw new RangeError(`Cannot hash a start of ${start.length} bytes: it must have 256`);
    }
    this.#view.setBigUint64(0, BELOW_HEADER, true);
    this.#scratch.set(start, 8);
    return this.#sip.hash(this.#scratch, 8 + HEADER_SIZE);
  }

  /**
   * The hash that stands for a file's content.
   *
   * @param sha256 The SHA-256 of the content, 32 bytes.
   * @returns A u64.
   * @throws {RangeError} If the digest hasn't 32 bytes.
   */
  digest(sha256: Uint8Array): bigint {
    if (sha256.length !== 32) {
      throw new RangeError(`Cannot hash a digest of ${sha256.length} bytes: it must have 32`);
    }
    this.#view.setBigUint64(0, BELOW_DIGEST, true);
    this.#scratch.set(sha256, 8);
    return this.#sip.hash(this.#scratch, 40);
  }

  /** @param folder A folder's path with its final slash. */
  #folder(folder: ByteString): bigint {
    let hash = this.#recall(folder);
    if (hash !== undefined) return hash;

    // Up to the nearest folder that is known, then down again. A loop, since a
    // path may have more components than the stack has frames.
    let known = folder.length;
    while (hash === undefined && known > 1) {
      known = folder.lastIndexOf("/", known - 2) + 1;
      hash = known === 1 ? this.#root : this.#recall(folder.slice(0, known));
    }
    hash ??= this.#root;
    while (known < folder.length) {
      const end = folder.indexOf("/", known);
      hash = this.#hash(hash, folder.slice(known, end), true);
      known = end + 1;
      this.#remember(folder.slice(0, known), hash);
    }
    return hash;
  }

  #recall(folder: ByteString): bigint | undefined {
    const hash = this.#young.get(folder);
    if (hash !== undefined) return hash;
    const old = this.#old.get(folder);
    if (old !== undefined) this.#remember(folder, old);
    return old;
  }

  #remember(folder: ByteString, hash: bigint): void {
    if (this.#young.size >= this.#generationSize) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(folder, hash);
  }

  #hash(parent: bigint, name: ByteString, folder: boolean): bigint {
    if (name.length + OVERHEAD > this.#scratch.length) {
      this.#scratch = new Uint8Array(2 * (name.length + OVERHEAD));
      this.#view = new DataView(this.#scratch.buffer);
    }
    const scratch = this.#scratch;
    this.#view.setBigUint64(0, parent, true);
    let length = 8;
    for (let i = 0; i < name.length; i++) scratch[length++] = name.charCodeAt(i);
    if (folder) scratch[length++] = SLASH;
    return this.#sip.hash(scratch, length);
  }
}

function checked(path: ByteString): ByteString {
  if (!path.startsWith("/")) {
    throw new RangeError(`Cannot hash the path ${JSON.stringify(path)}: it isn't absolute`);
  }
  return path;
}

function withSlash(path: ByteString): ByteString {
  return checked(path).endsWith("/") ? path : path + "/";
}
