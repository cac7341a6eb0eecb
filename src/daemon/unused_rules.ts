/**
 * The rules that have matched nothing, page by page: there may be a million.
 *
 * @module
 */

import type { UnusedPage, UnusedPlace } from "./protocol.ts";
import type { RuleTexts } from "./rule_texts.ts";

/** Rules on a page, at most. */
const PAGE_RULES = 1000;

/**
 * Bytes of a page, about, before JSON escapes what it has to: the socket's clients have to keep up
 * with what is sent at once.
 */
const PAGE_BYTES = 64 * 1024;

/** Bytes of a rule on a page besides its text and file. */
const FRAME = 64;

/** Bytes of a rule that are told, at most. */
const RULE_BYTES = 1024;

let policies = 0;

/** The unused rules of one policy. */
export class UnusedRules {
  readonly #texts: RuleTexts;
  readonly #find: () => Uint32Array;
  readonly #policy = ++policies;
  readonly #loadedAt = Date.now();
  // As they were when somebody asked for the first page: one walk through the tables is enough.
  #found: Uint32Array = new Uint32Array();

  /**
   * @param texts The rules of the policy.
   * @param find Finds the numbers of those that have matched nothing, in order.
   */
  constructor(texts: RuleTexts, find: () => Uint32Array) {
    this.#texts = texts;
    this.#find = find;
  }

  /**
   * Some of the rules, in the order of the policy.
   *
   * @param from Where the page begins; null is the first.
   * @returns Null when that is a place in another policy.
   */
  page(from: UnusedPlace | null): Omit<UnusedPage, "inForce"> | null {
    if (from === null) this.#found = this.#find();
    else if (from.policy !== this.#policy) return null;
    const rules: UnusedPage["rules"] = [];
    let at = from === null ? 0 : above(this.#found, from.after);
    for (let bytes = 0; at < this.#found.length; at++) {
      if (rules.length === PAGE_RULES || bytes > PAGE_BYTES) break;
      const { text, ...place } = this.#texts.get(this.#found[at]!)!;
      const rule = text.length > RULE_BYTES ? `${text.slice(0, RULE_BYTES)}...` : text;
      rules.push({ ...place, rule });
      bytes += FRAME + rule.length + (place.file?.length ?? 0);
    }
    const isLast = at === this.#found.length;
    return {
      loadedAt: this.#loadedAt,
      unused: this.#found.length,
      rules,
      next: isLast ? null : { policy: this.#policy, after: this.#found[at - 1]! },
    };
  }
}

/** The place of the first number above another one, in sorted numbers. */
function above(numbers: Uint32Array, limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
