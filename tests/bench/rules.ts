/**
 * How long it takes to read and compile an allowlist, without a kernel:
 * `deno task bench-rules [COUNT]`.
 *
 * @module
 */

import { cpuTimer } from "../../src/_cpu_time.ts";
import { PathHasher } from "../../src/marks/path_hash.ts";
import { compile } from "../../src/policy/compile.ts";
import { parsePolicy } from "../../src/policy/policy.ts";
import { BUILTIN_ZONES } from "../../src/policy/zones.ts";

/** Rules of different shapes, in turn; all of them differ. */
const RULES: readonly ((i: number) => string)[] = [
  (i) => `target_filename=/opt/app${i % 1000}/bin/tool${i};creator_process=/usr/bin/curl`,
  (i) => `target_folder=/srv/user${i}/*;creator_uid=${i % 5000}`,
  (i) => `landing_filename=x${i}.sh;landing_folder=/home/user${i % 3000}/;origin_zone=lan`,
  (i) => `deny target_filename="/opt/my app/${i}" # expires=2999-12-31 reason="why not" by=me`,
];

/** What was measured. */
export interface RulesMeasure {
  /** Bytes of the allowlist. */
  bytes: number;
  /** Milliseconds of processor time, the garbage collector's included. */
  parse: number;
  compile: number;
  /** Bytes that the process holds in the end. */
  resident: number;
}

/**
 * Makes an allowlist.
 *
 * @param count How many rules.
 * @returns Its bytes.
 */
export function rulesText(count: number): Uint8Array<ArrayBuffer> {
  const lines = Array.from({ length: count }, (_, i) => RULES[i % RULES.length]!(i));
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

/**
 * Reads and compiles an allowlist once.
 *
 * @param count How many rules it has.
 * @returns How long that took.
 * @throws {Error} If not every rule got into the tables.
 */
export function measureRules(count: number): RulesMeasure {
  const text = rulesText(count);
  const parsing = cpuTimer();
  const { rules, errors } = parsePolicy([{ text }], { zones: BUILTIN_ZONES.keys() });
  const parse = parsing();
  const hasher = new PathHasher(new Uint8Array(16));
  const compiling = cpuTimer();
  const { table, loaded } = compile(rules, { hasher, zones: BUILTIN_ZONES, now: 0 });
  const took = compiling();
  if (errors.length > 0 || loaded !== count || table.count !== count) {
    throw new Error(`Cannot measure: of ${count} rules ${table.count} are in the tables`);
  }
  return { bytes: text.length, parse, compile: took, resident: Deno.memoryUsage().rss };
}

if (import.meta.main) {
  const count = Number(Deno.args[0] ?? 1_000_000);
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const { bytes, parse, compile, resident } = measureRules(count);
  console.log(
    `${count} rules in ${megabytes(bytes)}: read in ${seconds(parse)}, compiled in ` +
      `${seconds(compile)} of processor time; ${megabytes(resident)} resident in the end`,
  );
}
