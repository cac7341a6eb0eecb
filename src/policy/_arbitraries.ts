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

/** Names of which rules and facts are made: few, so that they really meet. */
export interface Alphabet {
  /** Names of folders; at most three of them make a path. */
  folders: readonly ByteString[];
  /** Names of files, processes and landings. */
  files: readonly ByteString[];
}

const LETTERS: Alphabet = { folders: ["a", "b"], files: ["a", "x"] };

/** Names up to the longest there are; eight bytes are hashed at a time. */
const anyName: fc.Arbitrary<ByteString> = fc.oneof(
  { weight: 3, arbitrary: fileName },
  {
    weight: 1,
    arbitrary: fc.tuple(fileName, fc.integer({ min: 1, max: 255 }))
      .map(([name, length]) => name.repeat(Math.ceil(length / name.length)).slice(0, length))
      .filter((name) => name !== "." && name !== ".."),
  },
);

/** Alphabets of any names that a file can have. */
export const anyAlphabet: fc.Arbitrary<Alphabet> = fc.uniqueArray(anyName, {
  minLength: 3,
  maxLength: 3,
}).map(([a, b, x]) => ({ folders: [a!, b!], files: [a!, x!] }));

function values({ folders, files }: Alphabet) {
  const folder = fc.array(fc.constantFrom(...folders), { maxLength: 3 })
    .map((names) => "/" + names.map((name) => name + "/").join(""));
  const name = fc.constantFrom(...files);
  return {
    folder,
    file: fc.tuple(folder, name).map((parts) => parts.join("")),
    pattern: fc.record({ path: folder, recursive: fc.boolean() }),
    name,
    comm: name.map((name) => name.slice(0, 15)),
    uid: fc.constantFrom(0, 1),
    zone: fc.constantFrom("lan", "internet"),
    digest: fc.constantFrom("00".repeat(32), "ff".repeat(32)),
  };
}

/** The days on which rules out of {@linkcode rulesOver} end, as the second day of 1970 and so on. */
const fewDays = fc.constantFrom("1970-01-02", "1970-01-04");

function conditionsOver(alphabet: Alphabet): fc.Arbitrary<Conditions> {
  const { folder: _, file, pattern, name, comm, uid, zone, digest } = values(alphabet);
  return fc.tuple(
    fc.record({
      target_filename: file,
      target_folder: pattern,
      landing_filename: name,
      landing_folder: pattern,
      creator_process: file,
      creator_comm: comm,
      creator_uid: uid,
      writer_process: file,
      writer_uid: uid,
      origin_zone: zone,
      sha256: digest,
      execution_uid: uid,
    }),
    // With more conditions hardly any rule would match.
    fc.subarray([...DIM_NAMES], { minLength: 1, maxLength: 3 }),
  ).map(([when, names]) =>
    Object.fromEntries(names.map((name) => [name, when[name]])) as Conditions
  );
}

/**
 * Sets of rules that have much in common.
 *
 * @param alphabet The names in them.
 * @param length How many rules a set has; 8 at most by default.
 */
export function rulesOver(
  alphabet: Alphabet,
  { minLength = 0, maxLength = 8 }: fc.ArrayConstraints = {},
): fc.Arbitrary<Rule[]> {
  return fc.array(
    fc.record({
      deny: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      when: conditionsOver(alphabet),
      expires: fewDays,
    }, { requiredKeys: ["deny", "when"] }),
    { minLength, maxLength },
  ).map((rules) => rules.map((rule, i) => ({ ...rule, number: i + 1, line: i + 1 })));
}

/**
 * Facts that those rules may match.
 *
 * @param alphabet The names in them.
 */
export function factsOver(alphabet: Alphabet): fc.Arbitrary<Facts> {
  const { folder, file, name, comm, uid, zone, digest } = values(alphabet);
  return fc.record({
    target: fc.option(file, { freq: 8 }),
    landingFolder: fc.option(folder, { freq: 8 }),
    landingName: fc.option(name, { freq: 8 }),
    creatorProcess: fc.option(file, { freq: 8 }),
    creatorComm: fc.option(comm, { freq: 8 }),
    creatorUid: fc.option(uid, { freq: 8 }),
    writerProcess: fc.option(file, { freq: 8 }),
    writerUid: fc.option(uid, { freq: 8 }),
    zone: fc.option(zone, { freq: 8 }),
    sha256: fc.option(digest, { freq: 8 }),
    executionUid: fc.option(uid, { freq: 8 }),
    now: fc.integer({ min: 0, max: 5 }).map((day) => day * 86_400),
  });
}

/** {@linkcode rulesOver} three letters. */
export const fewRules: fc.Arbitrary<Rule[]> = rulesOver(LETTERS);

/** {@linkcode factsOver} the same. */
export const fewFacts: fc.Arbitrary<Facts> = factsOver(LETTERS);
