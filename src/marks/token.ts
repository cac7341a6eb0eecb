/**
 * The tokens by which a person names what was blocked.
 *
 * @module
 */

import { siphash24 } from "./siphash.ts";

const PART_SIZE = 9;

/**
 * Makes the token for something blocked. The same identity gives the same
 * token as long as the key lives; under another key, or by choosing file
 * names, nobody can make it or meet another's.
 *
 * @param key 16 random bytes, drawn anew by every daemon.
 * @param identity The hashes and numbers that tell it from others, always in
 * the same order; null for one that isn't known.
 * @returns 16 lower-case hex digits.
 * @throws {RangeError} If the key has another length.
 *
 * @example
 * ```ts
 * import { assertMatch } from "@std/assert";
 *
 * const key = crypto.getRandomValues(new Uint8Array(16));
 * assertMatch(blockToken(key, [0x7e44aa5f796162d7n, 1000, null]), /^[0-9a-f]{16}$/);
 * ```
 */
export function blockToken(
  key: Uint8Array,
  identity: readonly (bigint | number | null)[],
): string {
  const message = new Uint8Array(identity.length * PART_SIZE);
  const view = new DataView(message.buffer);
  for (const [i, part] of identity.entries()) {
    if (part === null) continue;
    // Tells an unknown part from a 0.
    message[i * PART_SIZE] = 1;
    view.setBigUint64(i * PART_SIZE + 1, BigInt(part), true);
  }
  return siphash24(key, message).toString(16).padStart(16, "0");
}

/**
 * Whether a text can be a token.
 *
 * @param text Any text.
 * @returns True for 8 to 16 lower-case hex digits.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isToken("0123456789abcdef") && !isToken("/usr/bin/true"));
 * ```
 */
export function isToken(text: string): boolean {
  return /^[0-9a-f]{8,16}$/.test(text);
}
