/**
 * Reads an allowlist.
 *
 * ```text
 * line      = blanks [ "deny" blanks ] condition *( ";" condition ) [ "#" comment ]
 * condition = blanks dimension blanks "=" blanks value blanks
 * value     = bare / quoted
 * bare      = 1*( any byte but control bytes, blank, " ; # \ )
 * quoted    = DQUOTE *( any byte but control bytes other than tab, " \ / escape ) DQUOTE
 * escape    = \n \t \" \\ \xHH
 * ```
 *
 * Blanks are spaces and tabs. A bare value ends at a blank, `;`, `#` or the
 * end of the line; a backslash, a quote or a control byte in it is an error,
 * since its author must have meant something else. Bytes above 127 stand for
 * themselves, bare or quoted, whether they are UTF-8 or not.
 *
 * `*` is a wildcard, quoted or not, and only as the end of a folder (`/opt/*`,
 * `"/opt/My App/*"`); anywhere else it is an error. A `*` that belongs to a
 * name is written `\x2a` in quotes.
 *
 * Lines end in LF or CR LF; empty lines and lines that begin with `#` are
 * skipped, and so is a UTF-8 byte order mark.
 *
 * @module
 */

import { bytesToByteString, type ByteString, excerpt } from "./bytes.ts";
import { dimHint, type DimName, findDim } from "./dims.ts";
import { readNote } from "./_note.ts";
import type { Conditions, Finding, Rule } from "./rule.ts";
import { LineError, scanValue, skipBlanks } from "./_scan.ts";
import { suggest } from "./suggest.ts";
import { readValue, type Value } from "./_values.ts";

/** The longest line that is read, in bytes without its end. */
export const LINE_MAX = 65_536;

const NAME = /[\w-]*/y;

/** How to read an allowlist. */
export interface ParseOptions {
  /** The zones that exist; a rule that names another is an error. Without it any name passes. */
  zones?: Iterable<string>;
  /** Whether rules tell where their conditions stand; costs memory, for lint. */
  positions?: boolean;
  /** The file, for rules and findings, where it isn't the allowlist itself. */
  file?: string;
  /** How many rules of the policy stand before the first one. */
  rulesBefore?: number;
}

/** What there is to tell about an allowlist. */
export interface Findings {
  /** Everything that is wrong; one of them rejects the whole file. */
  errors: Finding[];
  /** What is allowed but probably not what was meant. */
  warnings: Finding[];
}

/** What an allowlist says. */
export interface ParsedAllowlist extends Findings {
  /** The rules of all good lines, in order. Use them only if there are no errors. */
  rules: Rule[];
}

/**
 * Reads the text of an allowlist. It never throws: all that is wrong is in
 * the result.
 *
 * @param text The bytes of the file.
 * @param options How to read it.
 * @returns The rules and everything that is wrong.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = new TextEncoder().encode("creator_comm=curl;target_folder=/opt/app/*\n");
 * const { rules, errors } = parseAllowlist(text);
 * assertEquals(errors, []);
 * assertEquals(rules[0]?.when, {
 *   target_folder: { path: "/opt/app/", recursive: true },
 *   creator_comm: "curl",
 * });
 * ```
 */
export function parseAllowlist(text: Uint8Array, options: ParseOptions = {}): ParsedAllowlist {
  const findings: Findings = { errors: [], warnings: [] };
  const rules = [...readAllowlist(text, findings, options)];
  return { rules, ...findings };
}

/**
 * Reads the text of an allowlist rule by rule, for files too large to hold
 * all rules at once.
 *
 * @param text The bytes of the file.
 * @param findings Takes what is wrong. It is complete after the last rule,
 * and what was made of the rules counts only if it has no errors then.
 * @param options How to read it.
 * @returns The rules of all good lines, in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const findings: Findings = { errors: [], warnings: [] };
 * const text = new TextEncoder().encode("creator_uid=0\ncreator_uid=x\n");
 * const lines = [...readAllowlist(text, findings)].map((rule) => rule.line);
 * assertEquals([lines, findings.errors.length], [[1], 1]);
 * ```
 */
export function* readAllowlist(
  text: Uint8Array,
  findings: Findings,
  options: ParseOptions = {},
): Generator<Rule, void> {
  const reader = new LineReader(findings, options);
  const ascii = asciiText(text);
  let start = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
  let rules = options.rulesBefore ?? 0;
  for (let line = 1; start < text.length; line++) {
    const newline = text.indexOf(0x0a, start);
    let end = newline < 0 ? text.length : newline;
    const next = end + 1;
    if (text[end - 1] === 0x0d && end > start) end--;
    if (end - start > LINE_MAX) {
      reader.tooLong(line, end - start);
    } else {
      const content = ascii?.slice(start, end) ?? bytesToByteString(text.subarray(start, end));
      const rule = reader.read(content, line, rules + 1);
      if (rule) {
        rules++;
        yield rule;
      }
    }
    start = next;
  }
}

/** So many bytes are turned into one string; V8 takes no longer ones than 512 MiB. */
const ASCII_MAX = 2 ** 28;

/** The text as one string if it is ASCII, which spares a conversion a line; else undefined. */
function asciiText(text: Uint8Array): string | undefined {
  if (text.length > ASCII_MAX) return undefined;
  // What isn't valid becomes U+FFFD, one for a byte or more.
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
  return decoded.length === text.length && !decoded.includes("\ufffd") ? decoded : undefined;
}

class LineReader {
  readonly #findings: Findings;
  readonly #zones: ReadonlySet<string> | undefined;
  readonly #positions: boolean;
  /** For rules and findings: which file. */
  readonly #in: { file?: string };

  constructor(findings: Findings, options: ParseOptions) {
    this.#findings = findings;
    this.#zones = options.zones && new Set(options.zones);
    this.#positions = options.positions ?? false;
    this.#in = options.file === undefined ? {} : { file: options.file };
  }

  /** Reads a line; undefined if it holds no rule or a bad one. */
  read(text: ByteString, line: number, number: number): Rule | undefined {
    const at = skipBlanks(text, 0);
    if (at === text.length || text[at] === "#") return undefined;
    const errorsBefore = this.#findings.errors.length;
    const rule: Rule = { number, line, deny: false, when: {} };
    if (this.#in.file !== undefined) rule.file = this.#in.file;
    if (this.#positions) rule.columns = {};
    try {
      this.#readRule(rule, text, at);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      this.#fail(line, error);
    }
    return this.#findings.errors.length === errorsBefore ? rule : undefined;
  }

  /** Notes a line that is too long to be read. */
  tooLong(line: number, bytes: number): void {
    const message = `the line has ${bytes} bytes, and ${LINE_MAX} is the most`;
    this.#findings.errors.push({ ...this.#in, line, column: LINE_MAX + 1, message });
  }

  #readRule(rule: Rule, line: ByteString, start: number): void {
    let at = start;
    if (line.startsWith("deny", at) && isBlankOrEnd(line[at + 4])) {
      rule.deny = true;
      at += 4;
    }
    for (;;) {
      at = this.#readCondition(rule, line, skipBlanks(line, at), at === start);
      const valueEnd = at;
      at = skipBlanks(line, at);
      if (at === line.length) return;
      if (line[at] === "#") {
        Object.assign(rule, readNote(line, at));
        this.#warnOfComment(rule, line, at, valueEnd);
        return;
      }
      if (line[at] !== ";") {
        throw new LineError(
          at,
          `unexpected ${excerpt(line.slice(at))} behind a value`,
          'conditions have ";" between them, and a value with blanks needs double quotes',
        );
      }
      at++;
    }
  }

  /** Reads one condition and returns where it ends. */
  #readCondition(rule: Rule, line: ByteString, start: number, first: boolean): number {
    NAME.lastIndex = start;
    // It always matches; exec() would make an array of each.
    NAME.test(line);
    const name = line.slice(start, NAME.lastIndex);
    if (name === "") throw noCondition(rule, line, start);
    let at = skipBlanks(line, start + name.length);
    if (line[at] !== "=") {
      throw new LineError(at, `"=" is missing behind ${excerpt(name)}`, missingEquals(name, first));
    }
    at = skipBlanks(line, at + 1);
    const scanned = scanValue(line, at);
    const dim = findDim(name);
    try {
      if (!dim) throw new LineError(start, `unknown dimension ${excerpt(name)}`, dimHint(name));
      if (dim.name in rule.when) throw new LineError(start, `${name} stands twice in the rule`);
      const value = readValue(dim, scanned, at, this.#zones);
      setCondition(rule.when, dim.name, value);
      if (rule.columns) rule.columns[dim.name] = start + 1;
    } catch (error) {
      // The line can still be followed, so its other conditions are read too.
      if (!(error instanceof LineError)) throw error;
      this.#fail(rule.line, error);
    }
    return scanned.end;
  }

  #warnOfComment(rule: Rule, line: ByteString, at: number, valueEnd: number): void {
    if (at === valueEnd && line[at - 1] !== '"') {
      this.#findings.warnings.push({
        ...this.#in,
        line: rule.line,
        column: at + 1,
        message: 'a comment begins right behind the value, which ends before the "#"',
        hint: 'put a blank before "#", or the value in double quotes if "#" belongs to it',
      });
    }
    const date = rule.expires === undefined && /expir\w*[\s=:]*\d/i.exec(line.slice(at));
    if (date) {
      this.#findings.warnings.push({
        ...this.#in,
        line: rule.line,
        column: at + date.index + 1,
        message: "the comment speaks of an end, but the rule has none",
        hint: "write # expires=YYYY-MM-DD",
      });
    }
  }

  #fail(line: number, error: LineError): void {
    const { at, message, hint } = error;
    this.#findings.errors.push({ ...this.#in, line, column: at + 1, message, ...hint && { hint } });
  }
}

function setCondition(when: Conditions, name: DimName, value: Value): void {
  // readValue gives each kind of dimension the type that Conditions has for it.
  (when as Record<DimName, Value>)[name] = value;
}

function noCondition(rule: Rule, line: ByteString, at: number): LineError {
  const found = line[at];
  if (found !== undefined && !";#".includes(found)) {
    return new LineError(at, `a dimension is missing before ${excerpt(line.slice(at))}`);
  }
  const empty = Object.keys(rule.when).length === 0;
  return new LineError(at, empty ? "the rule has no condition" : 'a condition is missing at ";"');
}

function missingEquals(name: string, first: boolean): string | undefined {
  if (!first) return undefined;
  if (name === "allow") return 'a line allows unless it begins with "deny "';
  return suggest(name, ["deny"]) && 'did you mean "deny"?';
}

function isBlankOrEnd(char: string | undefined): boolean {
  return char === undefined || char === " " || char === "\t" || char === "#";
}
