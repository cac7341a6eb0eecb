/**
 * Writes rules the way an allowlist has them.
 *
 * @module
 */

import { quoteValue } from "./bytes.ts";
import { DIM_NAMES, type DimName } from "./dims.ts";
import type { Conditions, FolderPattern, Rule } from "./rule.ts";

/**
 * Writes a rule as one line of an allowlist, conditions in canonical order.
 * Every value is escaped where it needs to be, so no path can end the line,
 * add a condition or become a wildcard, and reading the line gives the same
 * rule again.
 *
 * @param rule A rule; its number and line aren't written.
 * @returns The line as text, without its end; write it as UTF-8.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const when = { creator_comm: "curl", target_filename: "/home/u/My App" };
 * assertEquals(
 *   printRule({ number: 0, line: 0, deny: false, when, expires: "2026-12-31" }),
 *   'target_filename="/home/u/My App";creator_comm=curl # expires=2026-12-31',
 * );
 * ```
 */
export function printRule(rule: Rule): string {
  let line = rule.deny ? "deny " : "";
  line += printConditions(rule.when);
  const notes: string[] = [];
  if (rule.expires !== undefined) notes.push(`expires=${quoteValue(rule.expires)}`);
  if (rule.reason !== undefined) notes.push(`reason=${quoteValue(rule.reason)}`);
  if (rule.by !== undefined) notes.push(`by=${quoteValue(rule.by)}`);
  return notes.length > 0 ? `${line} # ${notes.join(" ")}` : line;
}

/**
 * Writes conditions as an allowlist has them, in canonical order.
 *
 * @param when The conditions.
 * @returns `dim=value;dim=value`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const target_folder = { path: "/opt/", recursive: true };
 * assertEquals(printConditions({ target_folder }), "target_folder=/opt/*");
 * ```
 */
export function printConditions(when: Conditions): string {
  return DIM_NAMES.filter((name) => when[name] !== undefined)
    .map((name) => `${name}=${printValue(when, name)}`)
    .join(";");
}

/**
 * Writes a folder and the wildcard behind it, if it has one.
 *
 * @param folder A folder.
 * @returns `/opt/app/`, `/opt/app/*` or the same in quotes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(printFolder({ path: "/a b/", recursive: true }), '"/a b/*"');
 * ```
 */
export function printFolder(folder: FolderPattern): string {
  const path = quoteValue(folder.path);
  if (!folder.recursive) return path;
  return path.endsWith('"') ? path.slice(0, -1) + '*"' : path + "*";
}

function printValue(when: Conditions, name: DimName): string {
  const value = when[name];
  if (typeof value === "object") return printFolder(value);
  return typeof value === "string" ? quoteValue(value) : String(value);
}
