/**
 * What stands behind the number of a rule that the kernel reports.
 *
 * @module
 */

import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import type { Rule } from "../policy/rule.ts";
import type { PolicyText } from "./protocol.ts";

/** A rule that decided. */
export interface DecidingRule {
  /** Its line in the allowlist; null for one that was permitted once and stands in no file. */
  line: number | null;
  /** The rule as it stands there. */
  text: ByteString;
}

const NEWLINE = 10;

/** The rules of one policy by their number. Holds no text but the file's own. */
export class RuleTexts {
  readonly #policy: PolicyText;
  readonly #lines: Uint32Array;
  // Where each line begins, made when the first is asked for.
  #starts: Uint32Array | undefined;

  /**
   * @param policy The text of the policy.
   * @param rules The rules that were read from it.
   */
  constructor(policy: PolicyText, rules: readonly Rule[]) {
    this.#policy = policy;
    this.#lines = new Uint32Array(rules.length + 1);
    for (const { number, line } of rules) this.#lines[number] = line;
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
    const { text, fileSize } = this.#policy;
    this.#starts ??= lineStarts(text);
    const start = this.#starts[line - 1]!;
    const end = text.indexOf(NEWLINE, start);
    const bytes = text.subarray(start, end < 0 ? text.byteLength : end);
    const rule = bytesToByteString(bytes).replace(/^[ \t\r]+|[ \t\r]+$/g, "");
    return { line: start < fileSize ? line : null, text: rule };
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
