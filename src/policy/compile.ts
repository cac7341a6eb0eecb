/**
 * Turns rules into the tables the kernel decides by.
 *
 * Each distinct set of dimensions in use is a *shape*; a rule becomes its
 * shape with the hashes of its values. So a decision looks up one key a shape
 * (and, for `/*`, one a folder above the file), whatever the number of rules.
 *
 * @module
 */

import { DIM_BIT, type DimName, DIMS } from "./dims.ts";
import { type Conditions, expiryTime, fileOf, type Finding, placeOf, type Rule } from "./rule.ts";
import { type PackedRule, RULE_DENY, RuleKey, RuleTable } from "./rule_table.ts";
import { type SlotContext, slotValue } from "./slots.ts";
import { didYouMean } from "./suggest.ts";

/** The most shapes the kernel walks through. */
export const MAX_SHAPES = 64;
/** Added to a shape: the target's folder holds at any depth. */
export const SHAPE_TARGET_RECURSIVE = 1 << 16;
/** Added to a shape: the landing folder holds at any depth. */
export const SHAPE_LANDING_RECURSIVE = 1 << 17;

/** What to compile with. */
export interface CompileContext extends SlotContext {
  /** Seconds since 1970; rules that are over by then are left out. */
  now: number;
}

/** A policy as the kernel has it. */
export interface CompiledPolicy {
  /** The shapes in use, at most {@linkcode MAX_SHAPES}. */
  shapes: number[];
  /** Whether some rule refuses. */
  denies: boolean;
  /** The packed rules: `count` keys of 104 and values of 24 bytes. */
  table: RuleTable;
  /** `struct lp_shapes`. */
  shapesBytes: Uint8Array<ArrayBuffer>;
  /** How many rules are in force; several may share a key. */
  loaded: number;
  /** When rules of these end, in seconds since 1970, and how many do. */
  ends: ReadonlyMap<number, number>;
  /**
   * When to compile again, in seconds since 1970; 0 is never. From then on a
   * rule that is over hides one that isn't; until it is compiled again, some
   * execution may be refused that should be allowed, never the reverse.
   */
  refreshAt: number;
}

/** A rule that can't be compiled. */
export class CompileError extends Error {
  override name = "CompileError";

  /**
   * @param rule The rule.
   * @param message What is wrong.
   * @param hint What to do about it.
   */
  constructor(readonly rule: Rule, message: string, readonly hint?: string) {
    super(message);
  }

  /** The same as something to tell about a place in an allowlist. */
  get finding(): Finding {
    const { rule, message, hint } = this;
    return { ...fileOf(rule), line: rule.line, column: 1, message, ...hint && { hint } };
  }
}

/**
 * Compiles rules. Rules with the same conditions become one: a refusal wins,
 * then the one that stands first; it holds as long as the longest of them.
 *
 * @param rules The rules; an array lets the tables get their size at once.
 * @param context Hashes, zones and the time.
 * @returns The tables.
 * @throws {CompileError} If there are more than 64 shapes, or a zone has no number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PathHasher } from "../marks/path_hash.ts";
 * import { BUILTIN_ZONES } from "./zones.ts";
 *
 * const hasher = new PathHasher(new Uint8Array(16));
 * const rule = { number: 1, line: 1, deny: true, when: { origin_zone: "lan" } };
 * const compiled = compile([rule], { hasher, zones: BUILTIN_ZONES, now: 0 });
 * assertEquals(compiled.shapes, [1 << 9]);
 * assertEquals([compiled.table.count, compiled.denies], [1, true]);
 * ```
 */
export function compile(rules: Iterable<Rule>, context: CompileContext): CompiledPolicy {
  const table = new RuleTable(Array.isArray(rules) ? rules.length : undefined);
  const shapes = new Set<number>();
  const key = new RuleKey();
  const endings = new Map<number, number>();
  let loaded = 0;
  let denies = false;
  let refreshAt = Infinity;
  for (const rule of rules) {
    const expires = expiryTime(rule.expires);
    if (expires !== 0 && expires <= context.now) continue;
    const shape = fillKey(key, rule, context);
    if (shapes.size === MAX_SHAPES && !shapes.has(shape)) throw tooManyShapes(rule);
    shapes.add(shape);
    const packed = { number: rule.number, flags: rule.deny ? RULE_DENY : 0, expires };
    const same = table.add(key, packed);
    if (same) {
      table.replace(key, merged(same, packed));
      if (same.expires !== expires) refreshAt = Math.min(refreshAt, ends(same), ends(packed));
    }
    if (expires !== 0) endings.set(expires, (endings.get(expires) ?? 0) + 1);
    denies ||= rule.deny;
    loaded++;
  }
  return {
    shapes: [...shapes],
    denies,
    table,
    shapesBytes: packShapes(shapes, denies),
    loaded,
    ends: endings,
    refreshAt: refreshAt === Infinity ? 0 : refreshAt,
  };
}

/** The shape of conditions: a bit for each dimension, and for each `/*`. */
export function shapeOf(when: Conditions): number {
  let shape = 0;
  for (const name in when) {
    if (when[name as DimName] !== undefined) shape |= 1 << DIM_BIT[name as DimName];
  }
  if (when.target_folder?.recursive) shape |= SHAPE_TARGET_RECURSIVE;
  if (when.landing_folder?.recursive) shape |= SHAPE_LANDING_RECURSIVE;
  return shape;
}

function fillKey(key: RuleKey, rule: Rule, context: CompileContext): number {
  const { when } = rule;
  const shape = shapeOf(when);
  key.start(shape);
  // Not entries(): this runs for each of a million rules.
  for (let bit = 0; bit < DIMS.length; bit++) {
    const dim = DIMS[bit]!;
    const value = when[dim.name];
    if (value === undefined) continue;
    const slot = slotValue(dim, value, context);
    if (slot === undefined) throw unknownZone(rule, String(value), context.zones);
    key.set(bit, slot);
  }
  return shape;
}

function merged(a: PackedRule, b: PackedRule): PackedRule {
  if (a.flags !== b.flags) return a.flags & RULE_DENY ? a : b;
  const expires = a.expires === 0 || b.expires === 0 ? 0 : Math.max(a.expires, b.expires);
  return { number: Math.min(a.number, b.number), flags: a.flags, expires };
}

function ends(rule: PackedRule): number {
  return rule.expires === 0 ? Infinity : rule.expires;
}

function packShapes(shapes: ReadonlySet<number>, denies: boolean): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(2 + MAX_SHAPES);
  words[0] = shapes.size;
  words[1] = denies ? 1 : 0;
  words.set([...shapes], 2);
  return new Uint8Array(words.buffer);
}

function unknownZone(rule: Rule, name: string, zones: ReadonlyMap<string, number>): CompileError {
  return new CompileError(
    rule,
    `unknown zone ${JSON.stringify(name)} in the rule on ${placeOf(rule)}`,
    didYouMean(name, zones.keys()) ?? `known are ${[...zones.keys()].join(", ")}`,
  );
}

function tooManyShapes(rule: Rule): CompileError {
  return new CompileError(
    rule,
    `too many different combinations of dimensions: the rule on ${placeOf(rule)} ` +
      `brings one more than the ${MAX_SHAPES} that are possible`,
    "write rules that have the same dimensions, in whatever order",
  );
}
