/**
 * Conditions that can be written, but that this version's kernel side doesn't
 * decide yet. A rule that silently never matches would be worse than an error.
 *
 * @module
 */

import type { Finding, Rule } from "./rule.ts";

/**
 * Looks for rules that can't be decided.
 *
 * @param rules The rules.
 * @returns An error for each.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(undecided([{ number: 1, line: 3, deny: false, when: { creator_uid: 0 } }]), []);
 * ```
 */
export function undecided(rules: Iterable<Rule>): Finding[] {
  const errors: Finding[] = [];
  for (const { line, when } of rules) {
    if (when.sha256 === undefined) continue;
    errors.push({
      line,
      column: 1,
      message: "sha256= is not supported by this version",
      hint: "name the file by target_filename and its origin by creator_process",
    });
  }
  return errors;
}
