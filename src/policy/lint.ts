/**
 * What is odd about rules that are well written: for `linprov check`.
 *
 * @module
 */

import { type ByteString, displayText, parentFolder } from "./bytes.ts";
import { CoverIndex, isImpossible } from "./_cover.ts";
import { DIM_NAMES, type DimName } from "./dims.ts";
import { type Conditions, fileOf, type Finding, isExpired, placeOf, type Rule } from "./rule.ts";
import { whoWrites, writableBelow } from "./_writable.ts";

/**
 * What a warning is about: the rule stands there twice; another rule already
 * decides all that it matches; nothing can match it; it allows about
 * everything; it trusts a place that ordinary users can write; its time is
 * over.
 */
export type LintCode =
  | "duplicate"
  | "unreachable"
  | "impossible"
  | "broad"
  | "writable"
  | "expired";

/** A warning about a rule. */
export interface LintWarning extends Finding {
  /** What it is about. */
  code: LintCode;
}

/** How to lint. */
export interface LintOptions {
  /** Seconds since 1970. */
  now: number;
  /** Asks the host who can write a folder (ending in a slash), besides what its path tells. */
  isUserWritable?: (folder: ByteString) => boolean;
}

/**
 * Looks for rules that probably aren't what their author meant.
 *
 * @param rules The rules, best parsed with `positions`, for exact columns.
 * @param options The time, and a way to ask the host.
 * @returns The warnings, by line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseAllowlist } from "./parse.ts";
 *
 * const text = "target_folder=/opt/*\ntarget_folder=/opt/app/\n";
 * const { rules } = parseAllowlist(new TextEncoder().encode(text));
 * const [warning] = lintRules(rules, { now: 0 });
 * assertEquals([warning?.line, warning?.code], [2, "unreachable"]);
 * assertEquals(warning?.message, "line 1 allows all of this already");
 * ```
 */
export function lintRules(rules: Iterable<Rule>, options: LintOptions): LintWarning[] {
  const all = [...rules];
  const index = new CoverIndex(all.filter((rule) => isInForce(rule, options.now)));
  return all.flatMap((rule) => {
    const own = lintUse(rule, index, options.now);
    if (own) return [own];
    return rule.deny ? [] : [...lintBreadth(rule), ...lintPlaces(rule, options)];
  });
}

function isInForce(rule: Rule, now: number): boolean {
  return !isExpired(rule, now) && !isImpossible(rule.when);
}

/** Whether the rule is of any use; if it isn't, nothing else matters. */
function lintUse(rule: Rule, index: CoverIndex, now: number): LintWarning | undefined {
  if (isExpired(rule, now)) {
    const message = `the rule ended with ${rule.expires}${grounds(rule)}`;
    return warning(rule, "expired", message, { hint: "remove it, or give it a later day" });
  }
  if (isImpossible(rule.when)) {
    return warning(rule, "impossible", "nothing matches: target_filename isn't in target_folder", {
      dim: "target_folder",
    });
  }
  const keeper = index.keeper(rule);
  if (keeper !== rule) {
    return warning(rule, "duplicate", `the same rule stands on ${placeOf(keeper, rule.file)}`);
  }
  const cover = index.coverOf(rule);
  if (!cover) return undefined;
  const says = cover.deny ? "refuses" : "allows";
  const already = cover.deny === rule.deny ? " already" : "";
  const place = placeOf(cover, rule.file);
  return warning(rule, "unreachable", `${place} ${says} all of this${already}`);
}

/** Why it was there and who knows, as far as its comment says. */
function grounds({ reason, by }: Rule): string {
  const said: string[] = [];
  if (reason !== undefined) said.push(`reason: ${displayText(reason)}`);
  if (by !== undefined) said.push(`by ${displayText(by)}`);
  return said.length > 0 ? ` (${said.join(", ")})` : "";
}

// What holds for everything that a program, a user or a network ever brings.
const BROAD: ReadonlySet<DimName> = new Set([
  "creator_process",
  "creator_comm",
  "creator_uid",
  "writer_uid",
  "origin_zone",
  "execution_uid",
]);

function lintBreadth(rule: Rule): LintWarning[] {
  const { when } = rule;
  const telling = dimsOf(when).filter((name) => !BROAD.has(name) && !isEverywhere(when, name));
  if (telling.length > 0) return [];
  const conditions = dimsOf(when).filter((name) => BROAD.has(name)).join(" and ");
  const message = conditions === ""
    ? "the rule allows everything"
    : `the rule allows everything with that ${conditions}, whatever it is and wherever it lies`;
  return [warning(rule, "broad", message, {
    hint: "add target_folder, landing_folder or another condition on the file itself",
  })];
}

function isEverywhere(when: Conditions, name: DimName): boolean {
  const value = when[name];
  return typeof value === "object" && value.recursive && value.path === "/";
}

function lintPlaces(rule: Rule, options: LintOptions): LintWarning[] {
  const { when } = rule;
  // The content is what it is, wherever it lies.
  if (when.sha256 !== undefined) return [];
  const weakness = weakProcess(when, options) ?? weakTarget(when, options) ??
    weakLanding(when, options);
  if (!weakness) return [];
  const [dim, message, hint] = weakness;
  return [warning(rule, "writable", message, { dim, ...hint && { hint } })];
}

type Weakness = [dim: DimName, message: string, hint?: string];

function weakProcess(when: Conditions, options: LintOptions): Weakness | undefined {
  for (const dim of ["creator_process", "writer_process"] as const) {
    const path = when[dim];
    const who = path !== undefined && writerOf(parentFolder(path), options);
    if (who) return [dim, `${who} can put another program at ${displayText(path)}`];
  }
  return undefined;
}

function weakTarget(when: Conditions, options: LintOptions): Weakness | undefined {
  if (when.target_filename !== undefined) {
    // One file in a home is what an owner may well want to allow.
    return writerOf(parentFolder(when.target_filename), options) === "anybody"
      ? ["target_filename", `anybody can put a file at ${displayText(when.target_filename)}`, PIN]
      : undefined;
  }
  return weakFolder(when, "target_folder", options);
}

function weakLanding(when: Conditions, options: LintOptions): Weakness | undefined {
  // Where the file must lie by now, somebody with more rights has put it.
  const placed = when.target_filename !== undefined ||
    when.target_folder !== undefined && !isEverywhere(when, "target_folder");
  return placed ? undefined : weakFolder(when, "landing_folder", options);
}

function weakFolder(
  when: Conditions,
  dim: "target_folder" | "landing_folder",
  options: LintOptions,
): Weakness | undefined {
  const folder = when[dim];
  if (!folder || isEverywhere(when, dim)) return undefined;
  const who = writerOf(folder.path, options);
  if (who) return [dim, `${who} can put files into ${displayText(folder.path)}`, PIN];
  const below = writableBelow(folder);
  return below === undefined
    ? undefined
    : [dim, `ordinary users can put files into ${below}, which lies in there`, PIN];
}

const PIN = "pin the file with target_filename or sha256";

function writerOf(folder: ByteString, options: LintOptions): string | undefined {
  return whoWrites(folder) ?? (options.isUserWritable?.(folder) ? "anybody" : undefined);
}

function dimsOf(when: Conditions): DimName[] {
  return DIM_NAMES.filter((name) => when[name] !== undefined);
}

function warning(
  rule: Rule,
  code: LintCode,
  message: string,
  { dim, hint }: { dim?: DimName; hint?: string } = {},
): LintWarning {
  const column = dim && rule.columns?.[dim] || 1;
  return { ...fileOf(rule), line: rule.line, column, message, code, ...hint && { hint } };
}
