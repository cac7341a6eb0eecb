/**
 * What stands behind the number of a rule that the kernel reports.
 *
 * @module
 */

import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import type { ParsedPolicy, PolicyPart } from "../policy/policy.ts";
import { fileOf } from "../policy/rule.ts";
import type { PolicyText } from "./protocol.ts";

/** A rule that decided. */
export interface DecidingRule {
  /** Its line in its file; null for one that was permitted once and stands in no file. */
  line: number | null;
  /** The file, where it isn't the allowlist itself. */
  file?: string;
  /** The rule as it stands there. */
  text: ByteString;
}

const NEWLINE = 10;

/** A part of the policy, and the number of its first rule. */
interface Part extends PolicyPart {
  first: number;
  // Where each line begins, made when the first is asked for.
  starts?: Uint32Array;
}

/** The rules of one policy by their number. Holds no text but the files' own. */
export class RuleTexts {
  readonly #parts: readonly Part[];
  readonly #lines: Uint32Array;

  /**
   * @param policy The text of the policy.
   * @param parsed What was read from it.
   */
  constructor(policy: PolicyText, { rules, firsts }: Pick<ParsedPolicy, "rules" | "firsts">) {
    this.#lines = new Uint32Array(rules.length + 1);
    for (const { number, line } of rules) this.#lines[number] = line;
    this.#parts = policy.map((part, i) => ({ ...part, first: firsts[i]! }));
  }

  /**
   * Looks a rule up.
   *
   * @param number 1 is the first rule; 0 is none.
   * @returns The rule, or null when there is none.
   */
  get(number: number): DecidingRule | null {
    const line = this.#lines[number] ?? 0;
    if (line === 0) return null;
    const part = this.#parts.findLast(({ first }) => first <= number)!;
    const { text } = part;
    part.starts ??= lineStarts(text);
    const start = part.starts[line - 1]!;
    const end = text.indexOf(NEWLINE, start);
    const bytes = text.subarray(start, end < 0 ? text.byteLength : end);
    const rule = bytesToByteString(bytes).replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    return { line: part.once ? null : line, ...fileOf(part), text: rule };
  }
}

function lineStarts(text: Uint8Array): Uint32Array {
  let count = 1;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) count++;
  const starts = new Uint32Array(count);
  for (let line = 1, at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) {
    starts[line++] = at + 1;
  }
  return starts;
}
