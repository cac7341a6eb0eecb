/**
 * Generators of byte strings and rules, for the property tests only.
 *
 * @module
 */

import fc from "fast-check";
import { type ByteString, textToByteString } from "./bytes.ts";

/** One raw byte, biased towards those that mean something to a parser. */
const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...'ab/;#"\\*= \t\n\r\x00\x7f\x80\xff.') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)) },
);

/** Any bytes: random ones, and the UTF-8 of random text. */
export const anyBytes: fc.Arbitrary<ByteString> = fc.oneof(
  fc.array(byte, { maxLength: 24 }).map((bytes) => bytes.join("")),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => textToByteString(text)),
);
