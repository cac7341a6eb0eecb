/**
 * SipHash-2-4: a keyed 64-bit hash that nobody without the key can steer.
 *
 * The 64-bit state is held as pairs of 32-bit integers: with BigInt every step
 * of the algorithm would allocate.
 *
 * @module
 */

/** The size of a key, in bytes. */
export const SIPHASH_KEY_SIZE = 16;

const word64 = new BigUint64Array(1);
const words32 = new Uint32Array(word64.buffer);

/**
 * SipHash-2-4 under one key, for many messages.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const key = Uint8Array.from({ length: 16 }, (_, i) => i);
 * assertEquals(new SipHasher(key).hash(new Uint8Array(0)), 0x726fdb47dd0e0e31n);
 * ```
 */
export class SipHasher {
  readonly #k0l: number;
  readonly #k0h: number;
  readonly #k1l: number;
  readonly #k1h: number;

  /**
   * @param key 16 bytes; they are copied.
   * @throws {RangeError} If the key has another length.
   */
  constructor(key: Uint8Array) {
    if (key.length !== SIPHASH_KEY_SIZE) {
      throw new RangeError(
        `Cannot use a SipHash key of ${key.length} bytes: it must have ${SIPHASH_KEY_SIZE}`,
      );
    }
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    this.#k0l = view.getInt32(0, true);
    this.#k0h = view.getInt32(4, true);
    this.#k1l = view.getInt32(8, true);
    this.#k1h = view.getInt32(12, true);
  }

  /**
   * Hashes a message.
   *
   * @param message The buffer that holds the message from its start.
   * @param length How many bytes of the buffer are the message, so that a
   * caller may build its messages in one scratch buffer.
   * @returns The hash, a u64.
   */
  hash(message: Uint8Array, length: number = message.length): bigint {
    // "somepseudorandomlygeneratedbytes", the constants of the algorithm.
    let v0l = this.#k0l ^ 0x70736575, v0h = this.#k0h ^ 0x736f6d65;
    let v1l = this.#k1l ^ 0x6e646f6d, v1h = this.#k1h ^ 0x646f7261;
    let v2l = this.#k0l ^ 0x6e657261, v2h = this.#k0h ^ 0x6c796765;
    let v3l = this.#k1l ^ 0x79746573, v3h = this.#k1h ^ 0x74656462;

    const whole = length & ~7;
    // One loop for whole words, the last word and the four final rounds, so
    // that the round stands here once.
    for (let at = 0, rounds = 2;; at += 8) {
      let ml = 0, mh = 0;
      if (at < whole) {
        ml = message[at]! | message[at + 1]! << 8 | message[at + 2]! << 16 | message[at + 3]! << 24;
        mh = message[at + 4]! | message[at + 5]! << 8 | message[at + 6]! << 16 |
          message[at + 7]! << 24;
      } else if (at === whole) {
        for (let i = whole; i < length; i++) {
          const shift = (i - whole) * 8;
          if (shift < 32) ml |= message[i]! << shift;
          else mh |= message[i]! << (shift - 32);
        }
        mh |= length << 24;
      } else {
        v2l ^= 0xff;
        rounds = 4;
      }
      v3l ^= ml;
      v3h ^= mh;
      for (let round = 0; round < rounds; round++) {
        let sum = (v0l >>> 0) + (v1l >>> 0);
        v0h = v0h + v1h + (sum > 0xffffffff ? 1 : 0) | 0;
        v0l = sum | 0;
        let low = v1l << 13 | v1h >>> 19;
        v1h = (v1h << 13 | v1l >>> 19) ^ v0h;
        v1l = low ^ v0l;
        low = v0l;
        v0l = v0h;
        v0h = low;

        sum = (v2l >>> 0) + (v3l >>> 0);
        v2h = v2h + v3h + (sum > 0xffffffff ? 1 : 0) | 0;
        v2l = sum | 0;
        low = v3l << 16 | v3h >>> 16;
        v3h = (v3h << 16 | v3l >>> 16) ^ v2h;
        v3l = low ^ v2l;

        sum = (v0l >>> 0) + (v3l >>> 0);
        v0h = v0h + v3h + (sum > 0xffffffff ? 1 : 0) | 0;
        v0l = sum | 0;
        low = v3l << 21 | v3h >>> 11;
        v3h = (v3h << 21 | v3l >>> 11) ^ v0h;
        v3l = low ^ v0l;

        sum = (v2l >>> 0) + (v1l >>> 0);
        v2h = v2h + v1h + (sum > 0xffffffff ? 1 : 0) | 0;
        v2l = sum | 0;
        low = v1l << 17 | v1h >>> 15;
        v1h = (v1h << 17 | v1l >>> 15) ^ v2h;
        v1l = low ^ v2l;
        low = v2l;
        v2l = v2h;
        v2h = low;
      }
      v0l ^= ml;
      v0h ^= mh;
      if (at > whole) break;
    }
    words32[0] = v0l ^ v1l ^ v2l ^ v3l;
    words32[1] = v0h ^ v1h ^ v2h ^ v3h;
    return word64[0]!;
  }
}

/**
 * SipHash-2-4 of one message.
 *
 * @param key 16 bytes.
 * @param message Any bytes.
 * @returns The hash, a u64.
 * @throws {RangeError} If the key has another length.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const key = Uint8Array.from({ length: 16 }, (_, i) => i);
 * const message = Uint8Array.from({ length: 15 }, (_, i) => i);
 * assertEquals(siphash24(key, message), 0xa129ca6149be45e5n);
 * ```
 */
export function siphash24(key: Uint8Array, message: Uint8Array): bigint {
  return new SipHasher(key).hash(message);
}
