/**
 * What a log line looks like.
 *
 * Text: `TIME LEVEL CATEGORY: message`, for example
 * `2026-11-22T01:23:45.678Z INFO linprov.exec: PROVENANCE-EXEC target=/tmp/x`.
 *
 * JSON: one object a line with `time` (RFC 3339), `level` (trace, debug, info,
 * warn or error), `category`, `message`, and the event's own properties.
 *
 * @module
 */

import type { LogRecord } from "@logtape/logtape";
import type { LogLevel } from "../config/settings.ts";
import { toJson } from "../json.ts";

/** Turns a record into a line with its line break. */
export type Formatter = (record: LogRecord) => string;

/**
 * The level as linprov calls it.
 *
 * @param level The level as LogTape calls it.
 * @returns One of the five levels.
 */
export function levelName(level: LogRecord["level"]): LogLevel {
  if (level === "warning") return "warn";
  return level === "fatal" ? "error" : level;
}

/**
 * Formats a record as a line of text.
 *
 * @param record The record.
 * @returns One line: control characters in the message are escaped.
 */
export function formatText(record: LogRecord): string {
  const time = new Date(record.timestamp).toISOString();
  const level = levelName(record.level).toUpperCase();
  return `${time} ${level} ${record.category.join(".")}: ${oneLine(message(record))}\n`;
}

/**
 * Formats a record as a JSON object on a line.
 *
 * @param record The record.
 * @returns One line.
 */
export function formatJson(record: LogRecord): string {
  const object = {
    ...record.properties,
    time: new Date(record.timestamp).toISOString(),
    level: levelName(record.level),
    category: record.category.join("."),
    message: message(record),
  };
  const { time, level, category, message: text, ...properties } = object;
  return toJson({ time, level, category, message: text, ...properties }, encode) + "\n";
}

/** Priorities of syslog(3). */
const PRIORITIES: Readonly<Record<LogLevel, number>> = {
  error: 3,
  warn: 4,
  info: 6,
  debug: 7,
  trace: 7,
};

function priority(record: LogRecord): string {
  return `<${PRIORITIES[levelName(record.level)]}>`;
}

/** The formatters by the name of the format. */
export const FORMATTERS: Readonly<Record<"text" | "json", Formatter>> = {
  text: formatText,
  json: formatJson,
};

/** The same for the journal. */
export const JOURNAL_FORMATTERS: Readonly<Record<"text" | "json", Formatter>> = {
  text: (record) =>
    `${priority(record)}${record.category.join(".")}: ${oneLine(message(record))}\n`,
  json: (record) => priority(record) + formatJson(record),
};

/**
 * The text as it was given. LogTape would take `{…}` in it for a placeholder,
 * but in linprov's lines it is part of the text.
 */
function message(record: LogRecord): string {
  if (typeof record.rawMessage === "string") return record.rawMessage;
  return record.message.map(String).join("");
}

function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll(
    /[\p{Cc}\u2028\u2029]/gu,
    (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}

function encode(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString(16).padStart(16, "0");
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return value;
}
