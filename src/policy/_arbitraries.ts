/**
 * Generators of byte strings and rules, for the property tests only.
 *
 * @module
 */

import fc from "fast-check";
import { type ByteString, textToByteString } from "./bytes.ts";
import { DIM_NAMES } from "./dims.ts";
import type { Facts } from "./facts.ts";
import type { Conditions, Rule } from "./rule.ts";

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

// Small alphabets, so that rules and facts really meet.
const fewFolders = fc.array(fc.constantFrom("a", "b"), { maxLength: 3 })
  .map((names) => "/" + names.map((name) => name + "/").join(""));
const fewFiles = fc.tuple(fewFolders, fc.constantFrom("a", "x")).map((parts) => parts.join(""));
const fewPatterns = fc.record({ path: fewFolders, recursive: fc.boolean() });
const fewNames = fc.constantFrom("a", "x");
const fewUids = fc.constantFrom(0, 1);
const fewZones = fc.constantFrom("lan", "internet");
const fewDigests = fc.constantFrom("00".repeat(32), "ff".repeat(32));

/** The days on which rules out of {@linkcode fewRules} end, as the second day of 1970 and so on. */
const fewDays = fc.constantFrom("1970-01-02", "1970-01-04");

const fewConditions = fc.tuple(
  fc.record({
    target_filename: fewFiles,
    target_folder: fewPatterns,
    landing_filename: fewNames,
    landing_folder: fewPatterns,
    creator_process: fewFiles,
    creator_comm: fewNames,
    creator_uid: fewUids,
    writer_process: fewFiles,
    writer_uid: fewUids,
    origin_zone: fewZones,
    sha256: fewDigests,
    execution_uid: fewUids,
  }),
  // With more conditions hardly any rule would match.
  fc.subarray([...DIM_NAMES], { minLength: 1, maxLength: 3 }),
).map(([when, names]) => Object.fromEntries(names.map((name) => [name, when[name]])) as Conditions);

/** Sets of rules that have much in common. */
export const fewRules: fc.Arbitrary<Rule[]> = fc.array(
  fc.record({
    deny: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    when: fewConditions,
    expires: fewDays,
  }, { requiredKeys: ["deny", "when"] }),
  { maxLength: 8 },
).map((rules) => rules.map((rule, i) => ({ ...rule, number: i + 1, line: i + 1 })));

/** Facts that those rules may match. */
export const fewFacts: fc.Arbitrary<Facts> = fc.record({
  target: fc.option(fewFiles, { freq: 8 }),
  landingFolder: fc.option(fewFolders, { freq: 8 }),
  landingName: fc.option(fewNames, { freq: 8 }),
  creatorProcess: fc.option(fewFiles, { freq: 8 }),
  creatorComm: fc.option(fewNames, { freq: 8 }),
  creatorUid: fc.option(fewUids, { freq: 8 }),
  writerProcess: fc.option(fewFiles, { freq: 8 }),
  writerUid: fc.option(fewUids, { freq: 8 }),
  zone: fc.option(fewZones, { freq: 8 }),
  sha256: fc.option(fewDigests, { freq: 8 }),
  executionUid: fc.option(fewUids, { freq: 8 }),
  now: fc.integer({ min: 0, max: 5 }).map((day) => day * 86_400),
});
