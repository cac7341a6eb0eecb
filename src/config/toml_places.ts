/**
 * On which line a key of a TOML file stands. The parser doesn't tell; this
 * finds the keys written one a line, as in every configuration of linprov.
 *
 * @module
 */

/** A key and where it is set. */
export interface Place {
  /** The table it belongs to; empty at the top. */
  table: string;
  /** Its name. */
  key: string;
  /** The line, the first one being 1. */
  line: number;
}

/**
 * Finds the keys of a TOML file.
 *
 * @param text The file's text.
 * @returns Their places in order. A key in a multi-line text isn't one, and is left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(places("a = 1\n[t]\n\"b\" = 2"), [
 *   { table: "", key: "a", line: 1 },
 *   { table: "t", key: "b", line: 3 },
 * ]);
 * ```
 */
export function places(text: string): Place[] {
  const found: Place[] = [];
  let table = "";
  let within: string | undefined;
  text.split("\n").forEach((line, i) => {
    if (within !== undefined) {
      if (line.includes(within)) within = undefined;
      return;
    }
    const heading = /^\s*\[\s*([^\[\]]+?)\s*\]/.exec(line)?.[1];
    if (heading !== undefined) {
      table = heading.replaceAll(/["']/g, "");
      return;
    }
    const assignment = /^\s*(?:([A-Za-z0-9_-]+)|"([^"\\]*)"|'([^']*)')\s*=(.*)$/.exec(line);
    if (!assignment) return;
    const [, bare, quoted, literal, value = ""] = assignment;
    found.push({ table, key: bare ?? quoted ?? literal!, line: i + 1 });
    const opening = /^\s*("""|''')/.exec(value)?.[1];
    if (opening && !value.slice(value.indexOf(opening) + 3).includes(opening)) within = opening;
  });
  return found;
}
