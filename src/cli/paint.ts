/**
 * Colours, where they are understood and nobody declined them.
 *
 * @module
 */

import type { Output } from "./output.ts";

/** Ways to make text stand out. Pad before, since what they add has no width. */
export interface Paint {
  bold: (text: string) => string;
  /** As it should be. */
  good: (text: string) => string;
  /** Worth a look. */
  warn: (text: string) => string;
  /** Wrong. */
  bad: (text: string) => string;
}

/**
 * The colours of an output.
 *
 * @param output The output.
 * @returns Colours, or functions that change nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(painter({ colors: false }).bad("no"), "no");
 * assertEquals(painter({ colors: true }).bad("no"), "\x1b[31mno\x1b[39m");
 * ```
 */
export function painter({ colors }: Pick<Output, "colors">): Paint {
  // By hand: node:util takes as long to load as all of the program.
  const style = (on: number, off: number) => (text: string) =>
    colors ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  return { bold: style(1, 22), good: style(32, 39), warn: style(33, 39), bad: style(31, 39) };
}
