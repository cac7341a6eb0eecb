/**
 * Truth values as people write them.
 *
 * @module
 */

/** What people write for yes and no. */
export const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);
