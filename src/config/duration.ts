/**
 * Durations as people write them.
 *
 * @module
 */

const UNITS = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Reads a duration.
 *
 * @param text One or more whole numbers with a unit (s, m, h, d), the largest first.
 * @returns Milliseconds, more than 0.
 * @throws {SyntaxError} If it isn't one; the message is a clause that starts with the text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseDuration("1h30m"), 5_400_000);
 * ```
 */
export function parseDuration(text: string): number {
  const match = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/.exec(text);
  const [d, h, m, s] = (match ?? []).slice(1).map((part) => Number(part ?? 0));
  const total = d! * UNITS.d + h! * UNITS.h + m! * UNITS.m + s! * UNITS.s;
  if (!(total > 0)) {
    throw new SyntaxError(`${JSON.stringify(text)} is not a duration such as 90s, 30m or 1h30m`);
  }
  return total;
}
