/**
 * The decision, twice: as the rules read, and as the kernel makes it. Tests
 * hold the two against each other.
 *
 * @module
 */

import { type CompiledPolicy, SHAPE_LANDING_RECURSIVE, SHAPE_TARGET_RECURSIVE } from "./compile.ts";
import { DIM_BIT, DIM_NAMES, type DimName, DIMS } from "./dims.ts";
import { type Facts, type KnownFacts, knownFacts } from "./facts.ts";
import { type Conditions, isExpired, type Rule } from "./rule.ts";
import { RULE_DENY, RuleKey } from "./rule_table.ts";
import { type SlotContext, slotValue } from "./slots.ts";

/** What the rules say: allowed by one, refused by one, or none matches. */
export type Verdict = "allow" | "deny" | "none";

/** The rule that came nearest to allowing what none allows. */
export interface NearMiss {
  /** The rule. */
  rule: Rule;
  /** The conditions that don't hold, in canonical order. */
  failed: DimName[];
  /** Whether its time is over, which may be all that is amiss. */
  expired: boolean;
}

/** A verdict and its grounds. */
export interface Decision {
  /** What the rules say. */
  verdict: Verdict;
  /** The rule that decides: of those that refuse, else of those that allow, the first. */
  rule?: Rule;
  /** If none decides: the one that would with the fewest changes. */
  nearest?: NearMiss;
}

/**
 * Decides by reading every rule.
 *
 * @param rules The rules.
 * @param facts What is known about the execution.
 * @returns The verdict and its grounds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const facts = {
 *   target: "/opt/app/run", landingFolder: null, landingName: null,
 *   creatorProcess: null, creatorComm: "curl", creatorUid: 0,
 *   writerProcess: null, writerUid: null, zone: null, sha256: null, executionUid: 0, now: 0,
 * };
 * const rule = { number: 1, line: 1, deny: false, when: { creator_comm: "wget", creator_uid: 0 } };
 * const { verdict, nearest } = evaluate([rule], facts);
 * assertEquals(verdict, "none");
 * assertEquals(nearest?.failed, ["creator_comm"]);
 * ```
 */
export function evaluate(rules: Iterable<Rule>, facts: Facts): Decision {
  const known = knownFacts(facts);
  let allow: Rule | undefined;
  let deny: Rule | undefined;
  let nearest: NearMiss | undefined;
  for (const rule of rules) {
    const failed = failedConditions(rule.when, known);
    const expired = isExpired(rule, facts.now);
    if (failed.length === 0 && !expired) {
      if (rule.deny) deny = first(deny, rule);
      else allow = first(allow, rule);
    } else if (!rule.deny) {
      const miss = { rule, failed, expired };
      if (isNearer(miss, nearest)) nearest = miss;
    }
  }
  if (deny) return { verdict: "deny", rule: deny };
  if (allow) return { verdict: "allow", rule: allow };
  return { verdict: "none", ...nearest && { nearest } };
}

function failedConditions(when: Conditions, known: KnownFacts): DimName[] {
  return DIM_NAMES.filter((name) => when[name] !== undefined && !holds(when, name, known[name]));
}

function holds(when: Conditions, name: DimName, fact: string | number | undefined): boolean {
  const wanted = when[name];
  if (typeof wanted !== "object") return fact === wanted;
  return typeof fact === "string" &&
    (wanted.recursive ? fact.startsWith(wanted.path) : fact === wanted.path);
}

function first(a: Rule | undefined, b: Rule): Rule {
  return a === undefined || b.number < a.number ? b : a;
}

/** Fewer changes are nearer; of equally many, the rule of which more holds already. */
function isNearer(miss: NearMiss, than: NearMiss | undefined): boolean {
  if (than === undefined) return true;
  const fewer = changes(than) - changes(miss);
  return fewer !== 0 ? fewer > 0 : conditions(miss.rule) > conditions(than.rule);
}

function changes(miss: NearMiss): number {
  return miss.failed.length + Number(miss.expired);
}

function conditions(rule: Rule): number {
  return Object.keys(rule.when).length;
}

/** Facts as the kernel has them: hashes and numbers. */
export interface HashedFacts {
  /** One value a dimension, as in a rule's key; undefined where the fact isn't known. */
  values: (bigint | undefined)[];
  /** The hashes of the target's folder and of all above it, the root first. */
  targetFolders: bigint[];
  /** The same for the landing folder. */
  landingFolders: bigint[];
  /** Seconds since 1970. */
  now: number;
}

/**
 * Hashes facts the way the kernel does.
 *
 * @param facts The facts.
 * @param context What hashes and numbers to use.
 * @returns The hashed facts.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PathHasher } from "../marks/path_hash.ts";
 *
 * const facts = {
 *   target: "/usr/bin/true", landingFolder: null, landingName: null,
 *   creatorProcess: null, creatorComm: null, creatorUid: null,
 *   writerProcess: null, writerUid: null, zone: null, sha256: null, executionUid: 7, now: 0,
 * };
 * const key = Uint8Array.from({ length: 16 }, (_, i) => i);
 * const hashed = hashFacts(facts, { hasher: new PathHasher(key), zones: new Map() });
 * assertEquals(hashed.values[0], 0x7e44aa5f796162d7n);
 * assertEquals(hashed.targetFolders.at(-1), 0xa48f1330e1408719n);
 * ```
 */
export function hashFacts(facts: Facts, context: SlotContext): HashedFacts {
  const known = knownFacts(facts);
  const values = DIMS.map((dim) => {
    const fact = known[dim.name];
    return fact === undefined ? undefined : slotValue(dim, fact, context);
  });
  const chain = (folder: string | number | undefined) =>
    typeof folder === "string" ? context.hasher.folderChain(folder) : [];
  return {
    values,
    targetFolders: chain(known.target_folder),
    landingFolders: chain(known.landing_folder),
    now: facts.now,
  };
}

/** A verdict the way the kernel gives it. */
export interface CompiledDecision {
  /** What the rules say. */
  verdict: Verdict;
  /** The number of the rule that decides; 0 if none does. */
  number: number;
}

/**
 * Decides the way the kernel does: one look-up a shape, and one a folder
 * where a shape is recursive.
 *
 * @param policy The compiled rules.
 * @param facts The hashed facts.
 * @returns The verdict and the number of the deciding rule.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PathHasher } from "../marks/path_hash.ts";
 * import { compile } from "./compile.ts";
 *
 * const hasher = new PathHasher(new Uint8Array(16));
 * const rule = { number: 1, line: 1, deny: false, when: { creator_uid: 7 } };
 * const policy = compile([rule], { hasher, zones: new Map(), now: 0 });
 * const values = [];
 * values[6] = 7n;
 * const facts = { values, targetFolders: [], landingFolders: [], now: 0 };
 * assertEquals(evaluateCompiled(policy, facts), { verdict: "allow", number: 1 });
 * ```
 */
export function evaluateCompiled(policy: CompiledPolicy, facts: HashedFacts): CompiledDecision {
  const key = new RuleKey();
  let allow = 0;
  let deny = 0;
  for (const shape of policy.shapes) {
    if (!startKey(key, shape, facts)) continue;
    for (const target of choices(shape & SHAPE_TARGET_RECURSIVE, facts.targetFolders)) {
      if (target !== undefined) key.set(DIM_BIT.target_folder, target);
      for (const landing of choices(shape & SHAPE_LANDING_RECURSIVE, facts.landingFolders)) {
        if (landing !== undefined) key.set(DIM_BIT.landing_folder, landing);
        const rule = policy.table.find(key);
        if (!rule || (rule.expires !== 0 && rule.expires <= facts.now)) continue;
        if (rule.flags & RULE_DENY) deny = lower(deny, rule.number);
        else allow = lower(allow, rule.number);
      }
    }
  }
  if (deny !== 0) return { verdict: "deny", number: deny };
  return allow !== 0 ? { verdict: "allow", number: allow } : { verdict: "none", number: 0 };
}

/** Puts the facts of a shape into the key; false if one of them isn't known. */
function startKey(key: RuleKey, shape: number, facts: HashedFacts): boolean {
  key.start(shape);
  for (let bit = 0; bit < DIM_NAMES.length; bit++) {
    if ((shape & 1 << bit) === 0) continue;
    const value = facts.values[bit];
    if (value === undefined) return false;
    key.set(bit, value);
  }
  return true;
}

/** The folders to try: all of the chain, or only what the key has already. */
function choices(recursive: number, chain: bigint[]): readonly (bigint | undefined)[] {
  return recursive ? chain : KEEP;
}

const KEEP = [undefined];

function lower(a: number, b: number): number {
  return a === 0 ? b : Math.min(a, b);
}
