/**
 * Holds the decision of the kernel programs against the one in TypeScript: run
 * in the lab only. Nothing is attached.
 *
 * Takes the BPF object, the folder with what tests/kernel/decide_cases.ts has
 * generated, and how many of its policies to go through: all of them by default. The rules go through the text of an allowlist, as a daemon
 * reads them, and all hashes in the facts are made by the kernel too.
 *
 * @module
 */
import { strict as assert } from "node:assert";
import { gunzipSync } from "node:zlib";
import { lpCase, lpCases, lpHashCase, readLpCase, writeLpHashCase } from "../../ffi/layout.gen.ts";
import { Kernel } from "../../src/daemon/kernel.ts";
import { PathHasher } from "../../src/marks/path_hash.ts";
import { compile } from "../../src/policy/compile.ts";
import { parseAllowlist } from "../../src/policy/parse.ts";
import { BUILTIN_ZONES } from "../../src/policy/zones.ts";
import type { Questions } from "./decide_cases.ts";

const [object, folder, most = "1000000"] = Deno.args;
const questions: Questions = JSON.parse(Deno.readTextFileSync(`${folder}/questions.json`));
const cases = Deno.readFileSync(`${folder}/cases.bin`);
const { asked, seed } = questions;
const policies = questions.policies.slice(0, Number(most));
const key = Uint8Array.fromHex(questions.key);
const context = { hasher: new PathHasher(key), zones: BUILTIN_ZONES, now: 0 };

/** Cases a call. */
const BATCH = lpCases.size / lpCase.size;

/** How often a call is made again because a second ended during it. */
const TRIES = 20;

/** What the kernel programs, or TypeScript, say to a case. */
function answerAt(bytes: Uint8Array, at: number) {
  const { allowed, denied, rule, now } = readLpCase(
    new DataView(bytes.buffer, bytes.byteOffset + at),
  );
  return { verdict: denied ? "deny" : allowed ? "allow" : "none", rule, now: Number(now) };
}

/** Has the kernel decide up to a batch of cases, each at its own time. */
function decide(batch: Uint8Array): Uint8Array {
  const asked = new Uint8Array(new ArrayBuffer(lpCases.size));
  for (let tries = 0; tries < TRIES; tries++) {
    asked.fill(0);
    asked.set(batch);
    assert.equal(kernel.run("decide_cases", asked), 0);
    let isOnTime = true;
    for (let at = 0; at < batch.length; at += lpCase.size) {
      isOnTime &&= answerAt(asked, at).now === answerAt(batch, at).now;
    }
    if (isOnTime) return asked;
  }
  throw new Error("Could not decide a batch within a second");
}

function mismatch(policy: number, number: number, kernels: unknown, expected: unknown): never {
  const facts = gunzipSync(Deno.readFileSync(`${folder}/facts.gz`)).toString().split("\n");
  console.log(`MISMATCH: policy ${policy}, case ${number}, seed ${seed}`);
  const shown = (each: unknown) =>
    JSON.stringify(each, (_, value) => typeof value === "bigint" ? String(value) : value);
  console.log(`kernel:     ${shown(kernels)}\nTypeScript: ${shown(expected)}`);
  console.log(`rules:\n${policies[policy]!.text}facts: ${facts[number]}`);
  const { pathFlags, hasPath, hasOrigin } = readLpCase(
    new DataView(cases.buffer, number * lpCase.size),
  );
  console.log(`path flags ${pathFlags}, has path ${hasPath}, has origin ${hasOrigin}`);
  Deno.exit(1);
}

using kernel = new Kernel(Deno.readFileSync(object!), key, () => true, null, [
  "hash_case",
  "decide_cases",
]);
const libc = Deno.dlopen("libc.so.6", {
  setresuid: { parameters: ["u32", "u32", "u32"], result: "i32" },
});

const ready = performance.now();
const hashCase = new Uint8Array(new ArrayBuffer(lpHashCase.size));
const view = new DataView(hashCase.buffer);
for (const { parent, name, end, hash } of questions.hashes) {
  const padded = new Uint8Array(256);
  const bytes = Uint8Array.fromHex(name);
  padded.set(bytes);
  writeLpHashCase(view, 0, {
    parent: BigInt(`0x${parent}`),
    hash: 0n,
    len: bytes.length,
    end: end.length && end.charCodeAt(0),
    name: padded,
  });
  assert.equal(kernel.run("hash_case", hashCase), 0);
  const kernels = view.getBigUint64(lpHashCase.fields.hash.offset, true).toString(16);
  if (kernels === hash) continue;
  console.log(`MISMATCH: hash of ${name}${end} below ${parent}, seed ${seed}`);
  console.log(`kernel: ${kernels}\nTypeScript: ${hash}`);
  Deno.exit(1);
}
for (const [below, above] of questions.folders) {
  kernel.marks.seedFolder(BigInt(`0x${below}`), BigInt(`0x${above}`));
}

const hashed = performance.now();
const seen: Record<string, number> = {};
for (const [i, { text, executionUid }] of policies.entries()) {
  const { rules, errors } = parseAllowlist(new TextEncoder().encode(text), {
    zones: BUILTIN_ZONES.keys(),
  });
  assert.deepEqual(errors, [], text);
  kernel.rules.load(compile(rules, context), () => {});
  // Executed by that user, with what root may do.
  assert.equal(libc.symbols.setresuid(executionUid, 0, 0), 0);
  for (let first = 0; first < asked; first += BATCH) {
    const from = i * asked + first;
    const count = Math.min(BATCH, asked - first);
    const batch = cases.subarray(from * lpCase.size, (from + count) * lpCase.size);
    const decided = decide(batch);
    for (let at = 0; at < count; at++) {
      const kernels = answerAt(decided, at * lpCase.size);
      const expected = answerAt(batch, at * lpCase.size);
      if (kernels.verdict !== expected.verdict || kernels.rule !== expected.rule) {
        mismatch(i, from + at, kernels, expected);
      }
      seen[kernels.verdict] = (seen[kernels.verdict] ?? 0) + 1;
    }
  }
}
assert.equal(libc.symbols.setresuid(0, 0, 0), 0);
libc.close();

const seconds = (from: number, to: number) => ((to - from) / 1000).toFixed(1);
console.log(
  `the same answers: ${asked * policies.length} cases of ${policies.length} policies and ` +
    `${questions.hashes.length} hashes, seed ${seed}: ${JSON.stringify(seen)}`,
);
console.log(
  `loaded in ${seconds(0, ready)} s, hashed in ${seconds(ready, hashed)} s, ` +
    `decided in ${seconds(hashed, performance.now())} s`,
);
