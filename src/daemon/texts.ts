/**
 * What hashes stand for. The kernel speaks in hashes; people read paths.
 *
 * @module
 */

import type { Text, TextKind } from "../marks/store.ts";
import type { ByteString } from "../policy/bytes.ts";

/** How many texts are kept in memory; the store has them all. */
const ROOM = 65_536;

/** A cache in front of the store's table of texts. Losing an entry costs readability only. */
export class Texts {
  readonly #known = new Map<bigint, ByteString>();
  readonly #resolve: (hash: bigint) => ByteString | undefined;
  #fresh: Text[] = [];

  /** @param resolve Looks a hash up in the store. */
  constructor(resolve: (hash: bigint) => ByteString | undefined) {
    this.#resolve = resolve;
  }

  /** Learns a text, for the store as well: {@linkcode fresh}. */
  learn(hash: bigint, kind: TextKind, text: ByteString): void {
    if (hash === 0n || this.#known.has(hash)) return;
    if (this.#fresh.length < ROOM) this.#fresh.push({ hash, kind, bytes: text });
    this.#remember(hash, text);
  }

  /** The text of a hash, or null when nobody knows it. */
  get(hash: bigint): ByteString | null {
    if (hash === 0n) return null;
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const stored = this.#resolve(hash);
    if (stored === undefined) return null;
    this.#remember(hash, stored);
    return stored;
  }

  /** What the store doesn't have yet. A store that can't be written gets it later. */
  get fresh(): readonly Text[] {
    return this.#fresh;
  }

  /** The store has all of it. */
  stored(): void {
    this.#fresh = [];
  }

  #remember(hash: bigint, text: ByteString): void {
    if (this.#known.size >= ROOM) {
      // The oldest half goes: one pass now and then instead of work at each look-up.
      let left = ROOM / 2;
      for (const key of this.#known.keys()) {
        if (left-- === 0) break;
        this.#known.delete(key);
      }
    }
    this.#known.set(hash, text);
  }
}
