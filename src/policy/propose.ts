/**
 * Rules made from what happened: for `linprov allow` and for soak.
 *
 * @module
 */

import { DIM_NAMES, type DimName } from "./dims.ts";
import { type Facts, type KnownFacts, knownFacts } from "./facts.ts";
import type { Conditions, Rule } from "./rule.ts";

// The target's folder follows from its path.
const NARROW: readonly DimName[] = [
  "target_filename",
  "landing_filename",
  "landing_folder",
  "creator_process",
  "creator_comm",
  "creator_uid",
  "execution_uid",
];

/**
 * Makes the rule that allows one execution and as little else as possible.
 * Unknown facts are left out; the content stands in for a target that isn't
 * known.
 *
 * @param facts What is known about the execution.
 * @returns The rule, or undefined if so little is known that any rule would
 * allow other files as well.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printRule } from "./print.ts";
 *
 * const facts = {
 *   target: "/home/u/run", landingFolder: null, landingName: null,
 *   creatorProcess: "/usr/bin/curl", creatorComm: null, creatorUid: 1000,
 *   writerProcess: null, writerUid: null, zone: null, sha256: null, executionUid: 1000, now: 0,
 * };
 * assertEquals(
 *   printRule(narrowestRule(facts)!),
 *   "target_filename=/home/u/run;creator_process=/usr/bin/curl;creator_uid=1000;execution_uid=1000",
 * );
 * ```
 */
export function narrowestRule(facts: Facts): Rule | undefined {
  const known = knownFacts(facts);
  const dims = known.target_filename === undefined ? [...NARROW, "sha256" as const] : NARROW;
  const namesFile = known.target_filename !== undefined || known.sha256 !== undefined ||
    (known.landing_filename !== undefined && known.landing_folder !== undefined);
  return namesFile ? ruleOf(dims.filter((name) => known[name] !== undefined), known) : undefined;
}

/**
 * Makes the rule that allows all executions that agree with this one in the
 * given dimensions.
 *
 * @param facts What is known about the execution.
 * @param dims The dimensions, in any order.
 * @returns The rule, or undefined if one of them isn't known: without it the
 * rule would allow more than was asked for.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const facts = {
 *   target: null, landingFolder: "/tmp/", landingName: "x",
 *   creatorProcess: null, creatorComm: "curl", creatorUid: null,
 *   writerProcess: null, writerUid: null, zone: null, sha256: null, executionUid: 0, now: 0,
 * };
 * assertEquals(ruleForDims(facts, ["creator_comm"])?.when, { creator_comm: "curl" });
 * assertEquals(ruleForDims(facts, ["creator_comm", "creator_uid"]), undefined);
 * ```
 */
export function ruleForDims(facts: Facts, dims: readonly DimName[]): Rule | undefined {
  const known = knownFacts(facts);
  if (dims.length === 0 || dims.some((name) => known[name] === undefined)) return undefined;
  return ruleOf(dims, known);
}

function ruleOf(dims: readonly DimName[], known: KnownFacts): Rule {
  const values = DIM_NAMES.filter((name) => dims.includes(name)).map((name) => {
    const fact = known[name];
    return [name, isFolder(name) ? { path: fact, recursive: false } : fact];
  });
  return { number: 0, line: 0, deny: false, when: Object.fromEntries(values) as Conditions };
}

function isFolder(name: DimName): boolean {
  return name === "target_folder" || name === "landing_folder";
}
