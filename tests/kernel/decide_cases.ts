/**
 * Generates what tests/kernel/decide_check.ts asks the kernel programs: rules,
 * facts, and what src/policy decides about them. Run on the host, since an
 * emulated machine would take minutes for it; the same seed gives the same.
 *
 * Takes a folder to write to, the number of policies, how many facts each is
 * asked about, and a seed.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { lpCase, writeLpCase } from "../../ffi/layout.gen.ts";
import { PathHasher } from "../../src/marks/path_hash.ts";
import { anyAlphabet, factsOver, rulesOver } from "../../src/policy/_arbitraries.ts";
import {
  bytesToByteString,
  type ByteString,
  byteStringToBytes,
  parentFolder,
} from "../../src/policy/bytes.ts";
import { compile } from "../../src/policy/compile.ts";
import { evaluate, evaluateCompiled, hashFacts, type Verdict } from "../../src/policy/evaluate.ts";
import type { Facts } from "../../src/policy/facts.ts";
import { printRule } from "../../src/policy/print.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { BUILTIN_ZONES } from "../../src/policy/zones.ts";

/** What is asked, but for the cases, which are `struct lp_case` one after the other. */
export interface Questions {
  seed: number;
  /** The host's key, in hex. */
  key: string;
  /** Cases a policy. */
  asked: number;
  policies: { text: string; executionUid: number }[];
  /** What names hash to below a parent; of folders where `end` is "/". Bytes and hashes in hex. */
  hashes: { parent: string; name: string; end: string; hash: string }[];
  /** Folders and the folders they lie in, as the kernel knows them. */
  folders: [string, string][];
}

const DAY = 86_400;
const NO_UID = 0xffffffff;

/** Policies that share their names. */
const SHARE = 5;

// Stand in for a parent; LP_HASH_* of bpf/wire.h.
const PARENT_OF_NAME = 0xffffffffffffff01n;
const PARENT_OF_COMM = 0xffffffffffffff02n;
const PARENT_OF_DIGEST = 0xffffffffffffff04n;

/** Ways in which a path isn't one of the host's, as PATH_* of bpf/path.h; 0 is no path at all. */
const NOT_HOST = [0, 0x1, 0x2, 0x4, 0x8, 0x9];
/** What may be so with a path of the host. */
const HOST = [0, 0x10, 0x20];

const [out, policies = "200", askedText = "110", seedText = "1"] = Deno.args;
const seed = Number(seedText);
const asked = Number(askedText);
const key = Uint8Array.from({ length: 16 }, (_, i) => (i * 37 + seed) & 0xff);
const hasher = new PathHasher(key);
const context = { hasher, zones: BUILTIN_ZONES };

const questions: Questions = {
  seed,
  key: key.toHex(),
  asked,
  policies: [],
  hashes: [],
  folders: [],
};
const noted = new Set<bigint>();
const seeded = new Set<ByteString>();
const seen: Record<Verdict, number> = { allow: 0, deny: 0, none: 0 };
const kinds = { elsewhere: 0, recursive: 0, ended: 0, unclimbed: 0 };

/** Notes what a hash is made of: the kernel is asked for it too. */
function note(hash: bigint, parent: bigint, name: ByteString, end: string): bigint {
  if (noted.has(hash)) return hash;
  noted.add(hash);
  const hex = byteStringToBytes(name).toHex();
  questions.hashes.push({ parent: parent.toString(16), name: hex, end, hash: hash.toString(16) });
  return hash;
}

function folderHash(path: ByteString): bigint {
  if (path === "/") return note(hasher.folder(path), 0n, "", "/");
  const parent = parentFolder(path.slice(0, -1));
  return note(hasher.folder(path), folderHash(parent), path.slice(parent.length, -1), "/");
}

function fileHash(path: ByteString | null): bigint {
  if (path === null) return 0n;
  const folder = parentFolder(path);
  return note(hasher.file(path), folderHash(folder), path.slice(folder.length), "");
}

function digestHash(hex: string | null): bigint {
  if (hex === null) return 0n;
  const bytes = Uint8Array.fromHex(hex);
  return note(hasher.digest(bytes), PARENT_OF_DIGEST, bytesToByteString(bytes), "");
}

/** The folder and all above it, the root first. */
function chain(folder: ByteString): ByteString[] {
  const all = [folder];
  while (all[0] !== "/") all.unshift(parentFolder(all[0]!.slice(0, -1)));
  return all;
}

/** The kernel has lost what one folder in twelve lies in: a recursive rule ends there. */
function isLost(folder: ByteString): boolean {
  return folder !== "/" && folderHash(folder) % 12n === 0n;
}

/** Has the kernel know where the folders lie that it hasn't lost. */
function seedFolders(folders: readonly ByteString[]): void {
  for (const folder of folders) {
    if (folder === "/" || seeded.has(folder) || isLost(folder)) continue;
    seeded.add(folder);
    const above = folderHash(parentFolder(folder.slice(0, -1)));
    questions.folders.push([folderHash(folder).toString(16), above.toString(16)]);
  }
}

/**
 * Facts as the kernel has them when it decides, with the answer where the kernel puts its own. A
 * path that isn't one of the host's is there, but must not count.
 */
function caseOf(facts: Facts, round: number, verdict: Verdict, rule: number, at: number): void {
  const isHost = facts.target !== null;
  const path = facts.target ?? "/a/x";
  const folders = chain(parentFolder(path));
  const ancestor = new BigUint64Array(8);
  ancestor.set(folders.map(folderHash));
  const pathFlags = isHost ? HOST[round % HOST.length]! : NOT_HOST[round % NOT_HOST.length]!;
  const { creatorProcess, creatorComm, creatorUid, zone, landingName } = facts;
  const nothing = [creatorProcess, creatorComm, creatorUid, zone].every((fact) => fact === null);
  writeLpCase(view, at, {
    mark: {
      landingFolder: facts.landingFolder === null ? 0n : folderHash(facts.landingFolder),
      landingName: landingName === null
        ? 0n
        : note(hasher.name(landingName), PARENT_OF_NAME, landingName, ""),
      writerExe: fileHash(facts.writerProcess),
      writerUid: facts.writerUid ?? NO_UID,
      origin: 0,
      time: 0,
      flags: 0,
    },
    origin: {
      creatorExe: fileHash(creatorProcess),
      creatorComm: creatorComm === null
        ? 0n
        : note(hasher.comm(creatorComm), PARENT_OF_COMM, creatorComm, ""),
      remote: 0n,
      comm: new Uint8Array(16),
      addr: new Uint8Array(16),
      uid: creatorUid ?? NO_UID,
      port: 0,
      family: 0,
      zone: zone === null ? 0 : BUILTIN_ZONES.get(zone)!,
      time: 0,
      flags: 0,
    },
    file: fileHash(path),
    folder: folderHash(parentFolder(path)),
    ancestor,
    ancestors: folders.length,
    pathFlags,
    hasPath: hasPath(facts, round) ? 1 : 0,
    // An origin that is lost, or one of which nothing is known.
    hasOrigin: nothing && round % 2 === 0 ? 0 : 1,
    digest: digestHash(facts.sha256),
    now: BigInt(facts.now),
    allowed: verdict === "allow" ? 1 : 0,
    denied: verdict === "deny" ? 1 : 0,
    rule,
    zero: 0,
  });
}

/** Without any path it is a program that comes through a pipe: nobody has written it to a file. */
function hasPath(facts: Facts, round: number): boolean {
  return facts.target !== null || NOT_HOST[round % NOT_HOST.length] !== 0;
}

/** Rules of which several are the same, but for when they end and whether they refuse. */
function alike(rules: Rule[]): Rule[] {
  return rules.map((rule) => ({ ...rule, when: { creator_uid: rule.number % 2 } }));
}

const bytes = new Uint8Array(new ArrayBuffer(Number(policies) * asked * lpCase.size));
const view = new DataView(bytes.buffer);
const facts: string[] = [];
let cases = 0;

for (let i = 0; i < Number(policies); i++) {
  const alphabet = fc.sample(anyAlphabet, { seed: seed * 10_007 + Math.floor(i / SHARE) })[0]!;
  const sample = { seed: seed * 1_000_003 + i, numRuns: 1 };
  // Every eighth policy is larger.
  const drawn = fc.sample(
    rulesOver(alphabet, i % 8 === 7 ? { minLength: 20, maxLength: 60 } : {}),
    sample,
  )[0]!;
  const rules = i % 10 === 6 ? alike(drawn) : drawn;
  const policy = compile(rules, { ...context, now: 0 });
  const executionUid = i % 2;
  questions.policies.push({
    text: rules.map((rule) => printRule(rule) + "\n").join(""),
    executionUid,
  });
  const isRecursive = rules.some(({ when }) => when.landing_folder?.recursive);
  for (
    const [round, some] of fc.sample(factsOver(alphabet), { ...sample, numRuns: asked })
      .entries()
  ) {
    // Rules end at the start of a day.
    const now = Math.max(0, some.now + round % 4 - 2);
    const writerProcess = hasPath(some, round) ? some.writerProcess : null;
    const all: Facts = { ...some, writerProcess, executionUid, now };
    const hashed = hashFacts(all, context);
    const landing = all.landingFolder === null ? [] : chain(all.landingFolder);
    seedFolders(landing);
    const end = landing.findLastIndex(isLost);
    if (end > 0) hashed.landingFolders = hashed.landingFolders.slice(end);
    const { verdict, number } = evaluateCompiled(policy, hashed);
    // Where the tables say the same as the rules, the kernel is held against both.
    const isOld = policy.refreshAt !== 0 && policy.refreshAt <= now;
    if (!isOld && !(end > 0 && isRecursive)) {
      const read = evaluate(rules, all);
      assert.deepEqual({ verdict: read.verdict, number: read.rule?.number ?? 0 }, {
        verdict,
        number,
      });
    }
    // The kernel is given the writer all the same.
    caseOf(
      { ...all, writerProcess: some.writerProcess },
      round,
      verdict,
      number,
      cases * lpCase.size,
    );
    facts.push(JSON.stringify(all));
    cases++;
    seen[verdict]++;
    if (all.target === null) kinds.elsewhere++;
    if (isRecursive) kinds.recursive++;
    if (isRecursive && end > 0) kinds.unclimbed++;
    if (now >= DAY && rules.some(({ expires }) => expires !== undefined)) kinds.ended++;
  }
}
await Deno.writeFile(`${out}/cases.bin`, bytes);
await Deno.writeFile(`${out}/facts.gz`, gzipSync(facts.map((line) => line + "\n").join("")));
await Deno.writeTextFile(`${out}/questions.json`, JSON.stringify(questions));
const counts = { ...seen, ...kinds };
console.log(`${cases} cases of ${policies} policies, seed ${seed}: ${JSON.stringify(counts)}`);
// Cases in which hardly anything matches would prove nothing.
for (const [kind, count] of Object.entries(counts)) {
  assert.ok(count * 200 > cases, `too few cases of the kind ${kind}: ${count} of ${cases}`);
}
