/**
 * A policy that stands in several files: the allowlist, then those of its
 * `rules.d`, in order. All of them hold, or none.
 *
 * @module
 */

import { type Findings, type ParsedAllowlist, type ParseOptions, readAllowlist } from "./parse.ts";
import type { Rule } from "./rule.ts";

/** A part of a policy. */
export interface PolicyPart {
  /** The file it stands in; undefined for the allowlist itself, and for what stands in no file. */
  file?: string;
  /** It stands in no file: permitted until the daemon ends. */
  once?: true;
  /** The bytes. */
  text: Uint8Array;
}

/** What a policy says. */
export interface ParsedPolicy extends ParsedAllowlist {
  /** For each part the number that its first rule has, or would have. */
  firsts: number[];
}

/**
 * Reads all parts of a policy. It never throws: all that is wrong is in the
 * result.
 *
 * @param parts The parts, in order.
 * @param options How to read them.
 * @returns The rules, numbered through all parts, and everything that is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = (rules: string) => new TextEncoder().encode(rules);
 * const { rules, errors } = parsePolicy([
 *   { text: text("creator_uid=1\n") },
 *   { file: "/etc/linprov/rules.d/site.allow", text: text("# site\ncreator_uid=2\nuid=3\n") },
 * ]);
 * assertEquals(rules.map(({ number, line }) => [number, line]), [[1, 1], [2, 2]]);
 * assertEquals(errors.map(({ file, line }) => [file, line]), [
 *   ["/etc/linprov/rules.d/site.allow", 3],
 * ]);
 * ```
 */
export function parsePolicy(
  parts: Iterable<PolicyPart>,
  options: ParseOptions = {},
): ParsedPolicy {
  const findings: Findings = { errors: [], warnings: [] };
  const rules: Rule[] = [];
  const firsts: number[] = [];
  for (const { file, text } of parts) {
    firsts.push(rules.length + 1);
    const part = { ...options, rulesBefore: rules.length, ...file !== undefined && { file } };
    for (const rule of readAllowlist(text, findings, part)) rules.push(rule);
  }
  return { rules, firsts, ...findings };
}
