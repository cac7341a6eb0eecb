/**
 * Lists of texts that a guard or a detector is set with.
 *
 * @module
 */

import type { ByteString } from "./bytes.ts";

/**
 * Fails on the first value that hasn't the form, or is a path that goes around.
 *
 * @param values The values.
 * @param form What each has to match.
 * @param what What is said of one that doesn't, after "is".
 * @throws {SyntaxError} Naming it.
 */
export function requireForm(values: readonly ByteString[], form: RegExp, what: string): void {
  const wrong = values.find((value) => !form.test(value) || /\/(\/|\.\.?(\/|$))/.test(value));
  if (wrong !== undefined) throw new SyntaxError(`${JSON.stringify(wrong)} is ${what}`);
}

/**
 * Fails on the first that is no full path of an executable.
 *
 * @param paths The paths.
 * @throws {SyntaxError} Naming it.
 */
export function requireExecutables(paths: readonly ByteString[]): void {
  requireForm(paths, /^\/[^\0]*[^\0/]$/, "no full path of an executable");
}
