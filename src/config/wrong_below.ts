/**
 * A mistake somewhere below a table of the configuration.
 *
 * @module
 */

import { didYouMean } from "../policy/suggest.ts";

/** What is wrong with a key below a table. */
export class WrongBelow extends SyntaxError {
  /**
   * @param path The key, and those below it.
   * @param message What is wrong.
   */
  constructor(readonly path: readonly string[], message: string) {
    super(message);
  }
}

/**
 * Says of an error to which key it belongs.
 *
 * @param path The key, and those below it.
 * @param read What may fail.
 * @returns What `read` returns.
 * @throws {WrongBelow} When it throws a SyntaxError.
 */
export function inBelow<T>(path: readonly string[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new WrongBelow(path, error.message);
  }
}

/**
 * Takes what stands under a key for a table.
 *
 * @param path The key, and those below it.
 * @param value What stands there.
 * @param written How such tables are written.
 * @returns The table.
 * @throws {WrongBelow} When it is none.
 */
export function tableBelow(
  path: readonly string[],
  value: unknown,
  written: string,
): Record<string, unknown> {
  // A date is an object too.
  if (Object.prototype.toString.call(value) === "[object Object]") {
    return value as Record<string, unknown>;
  }
  throw new WrongBelow(path, `${JSON.stringify(value)} is not a table; ${written}`);
}

/**
 * Fails on the first key of a table that means nothing.
 *
 * @param path The key of the table, and those above it.
 * @param table The table.
 * @param known The keys that may stand there.
 * @throws {WrongBelow} Naming it, and what was probably meant.
 */
export function requireKeys(
  path: readonly string[],
  table: Record<string, unknown>,
  known: readonly string[],
): void {
  const key = Object.keys(table).find((key) => !known.includes(key));
  if (key === undefined) return;
  const hint = didYouMean(key, known) ?? `there are ${known.join(", ")}`;
  throw new WrongBelow([...path, key], `unknown key ${JSON.stringify(key)}; ${hint}`);
}

/**
 * Takes a value for a list of texts.
 *
 * @param value The value.
 * @returns The list.
 * @throws {SyntaxError} When it is none.
 */
export function listOfTexts(value: unknown): string[] {
  if (Array.isArray(value) && value.every((word) => typeof word === "string")) return value;
  throw new SyntaxError(`${JSON.stringify(value)} is not a list of texts`);
}
