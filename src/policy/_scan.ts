/**
 * The smallest pieces of an allowlist line: blanks and values.
 *
 * @module
 */

import { type ByteString, excerpt } from "./bytes.ts";

/** What ends the reading of a line: the rest can't be understood. */
export class LineError extends Error {
  override name = "LineError";

  /**
   * @param at The place on the line, in bytes from 0.
   * @param message What is wrong.
   * @param hint What to do about it.
   */
  constructor(readonly at: number, message: string, readonly hint?: string) {
    super(message);
  }
}

/** A value as it was written. */
export interface Scanned {
  /** Its bytes, escapes resolved. */
  value: ByteString;
  /** Where the line goes on, in bytes from 0. */
  end: number;
  /** The asterisks not written `\x2a`: where in the value, and where on the line. */
  wild?: { index: number; at: number }[];
}

// Blank, not control, and none of the signs that end or open something.
// deno-lint-ignore no-control-regex
const BARE = /[^\x00-\x20\x7f";#\\]*/y;
// Within quotes only these end a run of ordinary bytes. A tab is ordinary.
// deno-lint-ignore no-control-regex
const RUN = /[^\x00-\x08\x0a-\x1f\x7f"\\*]*/y;
const HEX = /[0-9a-fA-F]{2}/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\" };

/** The place after the blanks (space and tab) at `at`. */
export function skipBlanks(line: ByteString, at: number): number {
  while (line[at] === " " || line[at] === "\t") at++;
  return at;
}

/** Reads a bare or quoted value; throws a LineError if there is none. */
export function scanValue(line: ByteString, at: number): Scanned {
  return line[at] === '"' ? scanQuoted(line, at) : scanBare(line, at);
}

function scanBare(line: ByteString, at: number): Scanned {
  BARE.lastIndex = at;
  // It always matches; exec() would make an array of each.
  BARE.test(line);
  const end = BARE.lastIndex;
  const value = line.slice(at, end);
  const next = line[end];
  if (next === "\\") {
    throw new LineError(
      end,
      "a backslash in a bare value",
      'put the value in double quotes: "\\\\"',
    );
  }
  if (next === '"') {
    throw new LineError(end, "a double quote in a bare value", 'put it in double quotes: "\\""');
  }
  if (next !== undefined && isControl(next)) throw controlByte(end, next);
  if (value === "") throw new LineError(at, "a value is missing");
  return withWildcards({ value, end }, at);
}

/** Reads a value in double quotes that begins at `start`. */
export function scanQuoted(line: ByteString, start: number): Scanned {
  let value = "";
  let at = start + 1;
  let wild: Scanned["wild"];
  for (;;) {
    RUN.lastIndex = at;
    const run = RUN.exec(line)![0];
    value += run;
    at += run.length;
    const sign = line[at];
    if (sign === '"') return { value, end: at + 1, ...wild && { wild } };
    if (sign === "*") {
      (wild ??= []).push({ index: value.length, at });
      value += sign;
      at++;
    } else if (sign === "\\") {
      const escape = line[at + 1] ?? "";
      HEX.lastIndex = at + 2;
      const hex = escape === "x" ? HEX.exec(line)?.[0] : undefined;
      if (hex) value += String.fromCharCode(parseInt(hex, 16));
      else if (Object.hasOwn(ESCAPES, escape)) value += ESCAPES[escape];
      else {
        throw new LineError(
          at,
          `unknown escape ${excerpt("\\" + escape)}`,
          'known are \\n \\t \\" \\\\ and \\xHH',
        );
      }
      at += hex ? 4 : 2;
    } else if (sign === undefined) {
      throw new LineError(start, "a double quote that is never closed");
    } else {
      throw controlByte(at, sign);
    }
  }
}

function withWildcards(scanned: Scanned, at: number): Scanned {
  for (let i = scanned.value.indexOf("*"); i >= 0; i = scanned.value.indexOf("*", i + 1)) {
    (scanned.wild ??= []).push({ index: i, at: at + i });
  }
  return scanned;
}

function isControl(char: string): boolean {
  return (char < " " && char !== "\t") || char === "\x7f";
}

function controlByte(at: number, char: string): LineError {
  const hex = char.charCodeAt(0).toString(16).padStart(2, "0");
  return new LineError(
    at,
    `a control byte 0x${hex} in a value`,
    `write "\\x${hex}" in double quotes`,
  );
}
