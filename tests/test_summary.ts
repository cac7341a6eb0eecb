/**
 * Reads the summary line of `deno test`.
 *
 * @module
 */

/** Counts of tests. */
export interface TestSummary {
  /** Tests that did what they should. */
  passed: number;
  /** Tests that didn't. */
  failed: number;
  /** Tests that were not run. */
  ignored: number;
}

/**
 * Finds the counts in what `deno test` printed without colours.
 *
 * @param output all it printed
 * @returns the counts; all 0 if there is no summary
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseTestSummary("ok | 12 passed (3 steps) | 0 failed | 1 ignored (2ms)"), {
 *   passed: 12,
 *   failed: 0,
 *   ignored: 1,
 * });
 * ```
 */
export function parseTestSummary(output: string): TestSummary {
  const line = output.match(/^(ok|FAILED) \| \d+ passed.*$/gm)?.at(-1) ?? "";
  const count = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}
