/**
 * "Did you mean": the nearest known name to a mistyped one.
 *
 * @module
 */

/**
 * Finds the known name nearest to a mistyped one, by the number of letters to
 * insert, delete or replace. Case doesn't count.
 *
 * @param name What was written.
 * @param known The names that exist.
 * @returns The nearest, or undefined if none is near enough to be meant.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(suggest("alowlist", ["allowlist", "mode"]), "allowlist");
 * assertEquals(suggest("zzz", ["allowlist", "mode"]), undefined);
 * ```
 */
export function suggest(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  // A third of the letters may be wrong, but never all of a short name.
  let bound = Math.min(Math.max(1, Math.floor(wanted.length / 3)), wanted.length - 1) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bound);
    if (distance < bound) {
      best = candidate;
      bound = distance;
    }
  }
  return best;
}

/**
 * The same as a clause for an error's hint.
 *
 * @param name What was written.
 * @param known The names that exist.
 * @returns `did you mean "X"?`, or undefined if no name is near enough.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(didYouMean("enforse", ["observe", "enforce"]), 'did you mean "enforce"?');
 * ```
 */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const nearest = suggest(name, known);
  return nearest === undefined ? undefined : `did you mean ${JSON.stringify(nearest)}?`;
}

/**
 * What is said of a name that isn't known, where the known ones are few.
 *
 * @param what What it should name.
 * @param name What was written.
 * @param known The names that exist.
 * @returns A clause with the nearest of them, and all.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   unknownName("fruit", "aple", ["apple", "pear"]),
 *   '"aple" is no fruit: did you mean "apple"? there are apple, pear',
 * );
 * ```
 */
export function unknownName(what: string, name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  const nearest = meant === undefined ? "" : `${meant} `;
  return `${JSON.stringify(name)} is no ${what}: ${nearest}there are ${known.join(", ")}`;
}

/** The Levenshtein distance, or `bound` if it isn't below that. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound;
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return Math.min(above[b.length]!, bound);
}
