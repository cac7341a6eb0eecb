/**
 * Conditions that can be written, but that this host's kernel can't decide. A
 * rule that silently never matches would be worse than an error.
 *
 * @module
 */

import { fileOf, type Finding, type Rule } from "./rule.ts";

/**
 * Looks for rules over the content, for a host that can't tell it.
 *
 * @param rules The rules.
 * @param why What the host lacks.
 * @param hint What to do about it.
 * @returns An error for each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const rule = { number: 1, line: 3, deny: false, when: { creator_uid: 0 } };
 * assertEquals(undecided([rule], "the kernel is too old"), []);
 * ```
 */
export function undecided(rules: Iterable<Rule>, why: string, hint?: string): Finding[] {
  const errors: Finding[] = [];
  for (const rule of rules) {
    if (rule.when.sha256 === undefined) continue;
    const message = `sha256= can't be decided on this host: ${why}`;
    errors.push({ ...fileOf(rule), line: rule.line, column: 1, message, ...hint && { hint } });
  }
  return errors;
}
