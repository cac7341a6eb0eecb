/**
 * Log lines about events: `NAME key=value key=value`, which other programs
 * read, and the same facts as properties for the JSON format.
 *
 * @module
 */

import { type ByteString, decodeText, quoteValue } from "../policy/bytes.ts";

/**
 * A fact: a byte string (a path, a process name; ASCII text is one too), a
 * number, a hash (written as 16 hex digits), a truth value, a list, or a group
 * of facts. Null is what nobody knows: `?` in the text, null in JSON. Undefined
 * is left out.
 */
export type Fact =
  | ByteString
  | number
  | bigint
  | boolean
  | null
  | undefined
  | readonly Fact[]
  | Facts;

/** Facts by name, in the order they are written. */
export interface Facts {
  [name: string]: Fact;
}

/** A log line in both formats. */
export interface EventLine {
  /** The line of the text format, after time, level and category. */
  message: string;
  /** The properties of the JSON format; `event` is the line's name. */
  properties: Record<string, unknown>;
}

/**
 * Makes the log line of an event. No value can look like another field: what
 * has blanks, quotes or control bytes is quoted and escaped.
 *
 * @param name The line's name, for example `BLOCKED-EXEC`.
 * @param facts What is said.
 * @param suffix Stands at the end of the text, for example `[allow: 3fa29c01]`.
 * @returns The line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = eventLine("BLOCKED-EXEC", {
 *   target: "/tmp/my file",
 *   pid: 7,
 *   origin: { creator: "/usr/bin/curl", zone: "internet" },
 * }, "[allow: 3fa29c01]");
 * assertEquals(
 *   line.message,
 *   'BLOCKED-EXEC target="/tmp/my file" pid=7 ' +
 *     "origin={creator=/usr/bin/curl zone=internet} [allow: 3fa29c01]",
 * );
 * ```
 */
export function eventLine(name: string, facts: Facts, suffix?: string): EventLine {
  const text = [name, fields(facts), suffix].filter(Boolean).join(" ");
  return { message: text, properties: { event: name, ...plainFacts(facts) } };
}

function fields(facts: Facts): string {
  return Object.entries(facts)
    .filter(([, fact]) => fact !== undefined)
    .map(([name, fact]) => `${name}=${write(fact)}`)
    .join(" ");
}

function write(fact: Fact): string {
  if (fact === null) return "?";
  if (typeof fact === "string") return unambiguous(quoteValue(fact));
  if (typeof fact === "bigint") return hex(fact);
  if (isList(fact)) return `[${fact.map(writeItem).join(" ")}]`;
  if (typeof fact === "object") return `{${fields(fact)}}`;
  return String(fact);
}

/** A bracket in a bare value would end the list. */
function writeItem(fact: Fact): string {
  const text = write(fact);
  return typeof fact === "string" && !text.startsWith('"') && /[[\]]|^$/.test(text)
    ? `"${text}"`
    : text;
}

function isList(fact: Fact): fact is readonly Fact[] {
  return Array.isArray(fact);
}

/** A brace in a bare value would end a group, and ? is what nobody knows. */
function unambiguous(value: string): string {
  return !value.startsWith('"') && /[{}]|^\?$/.test(value) ? `"${value}"` : value;
}

function hex(value: bigint): string {
  return value.toString(16).padStart(16, "0");
}

/**
 * The same facts as properties of a JSON object.
 *
 * @param facts What is said.
 * @returns The properties; bytes that are no UTF-8 text are replaced, hashes are hex.
 */
export function plainFacts(facts: Facts): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, plainFact(fact)]),
  );
}

function plainFact(fact: Fact): unknown {
  if (typeof fact === "string") return decodeText(fact);
  if (typeof fact === "bigint") return hex(fact);
  if (isList(fact)) return fact.map(plainFact);
  return typeof fact === "object" && fact !== null ? plainFacts(fact) : fact;
}
