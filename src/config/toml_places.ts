/**
 * On which line a key of a TOML file stands. The parser doesn't tell; this
 * finds headings and keys, those of inline tables excepted.
 *
 * @module
 */

/** A key or heading and where it stands. */
export interface Place {
  /** Its name, after those of the tables it lies in. */
  path: readonly string[];
  /** The line, the first one being 1. */
  line: number;
  /** It is the heading of a table. */
  heading: boolean;
}

/**
 * Finds the keys and headings of a TOML file.
 *
 * @param text The file's text, which the parser has taken.
 * @returns Their places in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(places("a = 1\n[t]\n\"b\" = 2"), [
 *   { path: ["a"], line: 1, heading: false },
 *   { path: ["t"], line: 2, heading: true },
 *   { path: ["t", "b"], line: 3, heading: false },
 * ]);
 * ```
 */
export function places(text: string): Place[] {
  const found: Place[] = [];
  let table: string[] = [];
  for (let at = 0, line = 1; at < text.length;) {
    const statement = text.slice(at, at + statementLength(text, at));
    const [, brackets = "", named = ""] = /^\s*(\[{0,2})([^]*)$/.exec(statement) ?? [];
    const path = keyPath(named);
    // Blank lines before it are no part of it.
    const own = line + newlines(/^\s*/.exec(statement)![0]);
    if (path.length > 0) {
      if (brackets) table = path;
      found.push({ path: brackets ? path : [...table, ...path], line: own, heading: !!brackets });
    }
    line += newlines(statement);
    at += statement.length;
  }
  return found;
}

/** A text, a comment, a bracket, or what stands between them. */
const TOKEN =
  /"""(?:\\[^]|[^\\])*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}\n]|[^[\]{}\n"'#]+|["']/y;

/** How long a heading or a key with its value is, up to the end of its last line. */
function statementLength(text: string, start: number): number {
  let depth = 0;
  TOKEN.lastIndex = start;
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [token] = match;
    if (token === "[" || token === "{") depth++;
    if (token === "]" || token === "}") depth--;
    if (token === "\n" && depth <= 0) return TOKEN.lastIndex - start;
  }
  return text.length - start;
}

function newlines(text: string): number {
  return text.split("\n").length - 1;
}

/** Reads `a."b c".d` at the beginning of a text, up to `=` or `]`. */
function keyPath(text: string): string[] {
  const keys: string[] = [];
  let rest = text;
  for (let more = true; more;) {
    const match = /^\s*([A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')\s*(\.?)/.exec(rest);
    if (!match) return [];
    keys.push(unquoted(match[1]!));
    rest = rest.slice(match[0].length);
    more = match[2] === ".";
  }
  return /^[=\]]/.test(rest) ? keys : [];
}

function unquoted(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1);
  if (!key.startsWith('"')) return key;
  try {
    // The escapes are those of JSON, but for \U and \e.
    return JSON.parse(key);
  } catch {
    return key.slice(1, -1);
  }
}
