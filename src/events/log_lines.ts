/**
 * The log lines that scripts rely on.
 *
 * @module
 */

import { type ByteString, quoteValue, textToByteString } from "../policy/bytes.ts";
import type { Mark, MarkEvent, Origin, VerdictEvent } from "./event.ts";

/** A line and its facts, for both log formats. */
export interface LogLine {
  level: "debug" | "info" | "warn";
  /** The text, without time, level and category. */
  text: string;
  /** The same facts, by stable names. */
  facts: Record<string, unknown>;
}

/** What a log line needs besides the event. */
export interface Context {
  /** The name of a zone. */
  zoneName: (zone: number) => string;
  /** The token that permits what was blocked. */
  token?: string;
  /** The line of the rule that decided, as it stands in the allowlist. */
  rule?: { line: number; text: string };
}

const UNKNOWN = "?";

function shown(value: ByteString | null): string {
  return value === null ? UNKNOWN : quoteValue(value);
}

/**
 * An origin between braces.
 *
 * @param origin The origin.
 * @param zoneName The name of a zone.
 * @returns For example `{creator=/usr/bin/curl comm=curl uid=1000 zone=internet remote=192.0.2.1:80}`.
 */
export function originText(origin: Origin, zoneName: (zone: number) => string): string {
  const parts = [
    `creator=${shown(origin.creator)}`,
    `comm=${shown(origin.comm)}`,
    `uid=${origin.uid ?? UNKNOWN}`,
    `zone=${zoneName(origin.zone)}`,
    `remote=${remoteText(origin)}`,
  ];
  return `{${parts.join(" ")}}`;
}

function remoteText({ remote, port }: Origin): string {
  if (remote === null) return UNKNOWN;
  const host = remote.includes(":") ? `[${remote}]` : remote;
  return port ? `${host}:${port}` : host;
}

function markFacts(mark: Mark, zoneName: (zone: number) => string): Record<string, unknown> {
  const { origin } = mark;
  return {
    landing_folder: shownOrNull(mark.landingFolder),
    landing_file: shownOrNull(mark.landingFile),
    writer: shownOrNull(mark.writer),
    writer_uid: mark.writerUid,
    derived: mark.derived,
    marked_at: rfc3339(mark.time),
    origin: {
      creator: shownOrNull(origin.creator),
      comm: shownOrNull(origin.comm),
      uid: origin.uid,
      zone: zoneName(origin.zone),
      remote: origin.remote,
      port: origin.port || null,
      time: rfc3339(origin.time),
    },
  };
}

function shownOrNull(value: ByteString | null): string | null {
  return value === null ? null : quoteValue(value);
}

function rfc3339(seconds: number): string | null {
  return seconds === 0 ? null : new Date(seconds * 1000).toISOString();
}

/**
 * The line for a verdict.
 *
 * @param event What happened.
 * @param context Names that the event doesn't hold.
 * @returns The line.
 */
export function verdictLine(event: VerdictEvent, context: Context): LogLine {
  const { mark, kind } = event;
  const script = kind === "script" || kind === "pipe";
  const target = event.path ?? textToByteString(kind === "pipe" ? "(pipe)" : "(no name)");
  const verb = {
    "allow": "PROVENANCE",
    "spared": "SPARED",
    "block": "BLOCKED",
    "would-block": "WOULD-BLOCK",
  }[event.answer];
  const parts = [`${verb}-${script ? "SCRIPT" : "EXEC"}`];
  if (script) {
    const base = target.slice(target.lastIndexOf("/") + 1);
    parts.push(`script=${quoteValue(target)}`, `name=${quoteValue(base)}`);
    parts.push(`interp=${quoteValue(event.comm)}`);
  } else {
    parts.push(`target=${quoteValue(target)}`);
  }
  parts.push(
    `landing_folder=${shown(mark.landingFolder)}`,
    `landing_file=${shown(mark.landingFile)}`,
    `pid=${event.pid}`,
    `comm=${quoteValue(event.comm)}`,
    `uid=${event.uid}`,
  );
  if (kind !== "exec" && kind !== "script") parts.push(`kind=${kind}`);
  if (context.rule) parts.push(`rule=${context.rule.line}`);
  parts.push(`origin=${originText(mark.origin, context.zoneName)}`);
  const refused = event.answer === "block";
  const text = parts.join(" ") + (refused && context.token ? `  [allow: ${context.token}]` : "");
  return {
    level: refused || event.answer === "spared" ? "warn" : "info",
    text,
    facts: {
      event: parts[0],
      kind,
      target: quoteValue(target),
      pid: event.pid,
      comm: quoteValue(event.comm),
      uid: event.uid,
      ...markFacts(mark, context.zoneName),
      rule: context.rule?.text ?? null,
      rule_line: context.rule?.line ?? null,
      token: refused ? context.token ?? null : null,
    },
  };
}

/**
 * The line for a new mark.
 *
 * @param event What was marked.
 * @param context Names that the event doesn't hold.
 * @returns The line.
 */
export function markLine(event: MarkEvent, context: Context): LogLine {
  const { mark } = event;
  const what = mark.derived ? "marked (derived)" : "marked";
  const path = event.path ?? textToByteString("(no name)");
  const by = `by=${shown(mark.writer)} pid=${event.pid}`;
  return {
    level: "debug",
    text: `${what} ${quoteValue(path)} (${by} origin=${originText(mark.origin, context.zoneName)})`,
    facts: {
      event: mark.derived ? "MARKED-DERIVED" : "MARKED",
      target: quoteValue(path),
      pid: event.pid,
      comm: quoteValue(event.comm),
      uid: event.uid,
      ...markFacts(mark, context.zoneName),
    },
  };
}
