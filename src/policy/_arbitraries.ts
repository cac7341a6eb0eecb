/**
 * Generators of byte strings and rules, for the property tests only.
 *
 * @module
 */

import fc from "fast-check";
import { type ByteString, textToByteString } from "./bytes.ts";
import type { Rule } from "./rule.ts";

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

/** Bytes that can be the name of a file. */
const fileName: fc.Arbitrary<ByteString> = anyBytes
  .map((name) => name.replace(/[/\0]/g, "-"))
  .filter((name) => name !== "" && name !== "." && name !== "..");

const folderPath: fc.Arbitrary<ByteString> = fc.array(
  fc.oneof(fileName, fc.constantFrom("*", "opt")),
  { maxLength: 4 },
).map((names) => "/" + names.map((name) => name + "/").join(""));

const folderPattern = fc.record({ path: folderPath, recursive: fc.boolean() });
const filePath = fc.tuple(folderPath, fileName).map(([folder, name]) => folder + name);
const uid = fc.integer({ min: 0, max: 4294967294 });
const hex = fc.constantFrom(..."0123456789abcdef");

const day = fc.date({
  min: new Date("1970-01-01"),
  max: new Date("9999-12-31"),
  noInvalidDate: true,
}).map((date) => date.toISOString().slice(0, 10));

/** Any rule that can be written, as if it stood alone in a file. */
export const anyRule: fc.Arbitrary<Rule> = fc.record({
  number: fc.constant(1),
  line: fc.constant(1),
  deny: fc.boolean(),
  when: fc.record({
    target_filename: filePath,
    target_folder: folderPattern,
    landing_filename: fileName,
    landing_folder: folderPattern,
    creator_process: filePath,
    creator_comm: anyBytes.map((comm) => comm.replaceAll("\0", "").slice(0, 15)),
    creator_uid: uid,
    writer_process: filePath,
    writer_uid: uid,
    origin_zone: fc.constantFrom("lan", "internet", "my-zone_2"),
    sha256: fc.array(hex, { minLength: 64, maxLength: 64 }).map((digits) => digits.join("")),
    execution_uid: uid,
  }, { requiredKeys: [] }).filter((when) => Object.keys(when).length > 0),
  expires: day,
  reason: anyBytes,
  by: anyBytes,
}, { requiredKeys: ["number", "line", "deny", "when"] });
