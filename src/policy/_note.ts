/**
 * What the comment behind a rule can say: `# expires=YYYY-MM-DD reason=… by=…`.
 *
 * @module
 */

import { type ByteString, excerpt } from "./bytes.ts";
import { LineError, scanQuoted } from "./_scan.ts";
import { expiryTime, type Rule } from "./rule.ts";

/** What a comment says about its rule. */
export type Note = Pick<Rule, "expires" | "reason" | "by">;

const KEY = /(?<=[# \t])(expires|reason|by)=/g;
const NOT_BLANK = /[^ \t]*/y;

/**
 * Reads the comment that begins with the `#` at `at`. `expires` ends at a
 * blank; `reason` and `by`, unless quoted, go on to the next key or the end of
 * the line. All other text means nothing.
 *
 * @throws {LineError} If a key stands twice or the date is none.
 */
export function readNote(line: ByteString, at: number): Note {
  const note: Note = {};
  for (let key = nextKey(line, at); key; key = nextKey(line, at)) {
    const name = key[1] as keyof Note;
    const start = key.index + key[0].length;
    if (name in note) throw new LineError(key.index, `${name}= stands twice in the comment`);
    let value: ByteString;
    if (line[start] === '"') {
      ({ value, end: at } = scanQuoted(line, start));
    } else if (name === "expires") {
      NOT_BLANK.lastIndex = start;
      value = NOT_BLANK.exec(line)![0];
      at = start + value.length;
    } else {
      at = nextKey(line, start)?.index ?? line.length;
      value = line.slice(start, at).replace(/^[ \t]+|[ \t]+$/g, "");
      if (value === "") continue;
    }
    if (name === "expires") checkDate(value, start);
    note[name] = value;
  }
  return note;
}

function nextKey(line: ByteString, at: number): RegExpExecArray | null {
  KEY.lastIndex = at;
  return KEY.exec(line);
}

function checkDate(value: ByteString, at: number): void {
  try {
    expiryTime(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LineError(
      at,
      `expires= needs a day, not ${excerpt(value)}`,
      "write it as YYYY-MM-DD; the rule holds to the end of that day in UTC",
    );
  }
}
