/**
 * JSON as linprov prints it: for programs, but a person may look at it too.
 *
 * @module
 */

/** What a terminal hides, obeys or turns around: the same as in quoted texts. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{DI}]/gu;

/**
 * Writes a value as JSON on one line that holds nothing invisible: such characters are escaped, and
 * read back as what they were.
 *
 * @param value The value.
 * @param replacer As for `JSON.stringify`.
 * @returns The text, without a line break.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(toJson({ path: "/tmp/\u202egnp.sh" }), '{"path":"/tmp/\\u202egnp.sh"}');
 * ```
 */
export function toJson(
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  return JSON.stringify(value, replacer).replaceAll(INVISIBLE, escaped);
}

/** A character outside of the first plane is two units. */
function escaped(char: string): string {
  return char.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
