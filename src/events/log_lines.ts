/**
 * The log lines about kernel events, which scripts rely on.
 *
 * @module
 */

import { type EventLine, eventLine, type Facts } from "../log/event_line.ts";
import { type ByteString, textToByteString } from "../policy/bytes.ts";
import type { Answer, LocalEvent, Mark, MarkEvent, Origin, VerdictEvent } from "./event.ts";

const NAMES: Readonly<Record<Answer, string>> = {
  "allow": "PROVENANCE",
  "spared": "SPARED",
  "block": "BLOCKED",
  "would-block": "WOULD-BLOCK",
};

/**
 * The facts of an origin.
 *
 * @param origin The origin.
 * @returns Creator, comm, uid, zone and remote.
 */
export function originFacts(origin: Origin): Facts {
  const { remote, port } = origin;
  const host = remote?.includes(":") && port !== null ? `[${remote}]` : remote;
  return {
    creator: origin.creator,
    comm: origin.comm,
    uid: origin.uid,
    zone: origin.zone,
    remote: host && port ? `${host}:${port}` : host,
    time: origin.time === 0 ? null : new Date(origin.time * 1000).toISOString(),
  };
}

function landingFacts(mark: Mark): Facts {
  return {
    landing_folder: mark.landingFolder,
    landing_file: mark.landingFile,
  };
}

/** What stands for a file without a path. */
function nameOf(path: ByteString | null, pipe = false): ByteString {
  return path ?? (pipe ? "(pipe)" : "(no name)");
}

/**
 * The line for a verdict.
 *
 * @param event What happened.
 * @param token The token that permits what was blocked.
 * @returns The line; {@linkcode verdictLevel} tells its level.
 */
export function verdictLine(event: VerdictEvent, token?: string): EventLine {
  const { mark, kind, rule } = event;
  const script = kind === "script" || kind === "pipe";
  const path = nameOf(event.path, kind === "pipe");
  const target: Facts = script
    ? { script: path, name: path.slice(path.lastIndexOf("/") + 1), interp: event.comm }
    : { target: path };
  const { message, properties } = eventLine(
    `${NAMES[event.answer]}-${script ? "SCRIPT" : "EXEC"}`,
    {
      ...target,
      ...landingFacts(mark),
      pid: event.pid,
      comm: event.comm,
      uid: event.uid,
      kind,
      rule: rule?.text,
      rule_line: rule?.line ?? undefined,
      rule_file: rule?.file === undefined ? undefined : textToByteString(rule.file),
      sha256: event.sha256 ?? undefined,
      origin: originFacts(mark.origin),
    },
    event.answer === "block" && token ? `[allow: ${token}]` : undefined,
  );
  // Programs find these names in every decision; the text has only what there is.
  const decision = {
    rule: properties.rule ?? null,
    rule_line: properties.rule_line ?? null,
    rule_file: properties.rule_file ?? null,
    sha256: event.sha256,
    token: event.answer === "block" ? token ?? null : null,
  };
  return { message, properties: { ...properties, ...decision } };
}

/** The level of a verdict's line: what was refused, or spared from it, is a warning. */
export function verdictLevel(answer: Answer): "info" | "warn" {
  return answer === "block" || answer === "spared" ? "warn" : "info";
}

/**
 * The line for a new mark, logged at debug.
 *
 * @param event What was marked.
 * @returns The line.
 */
export function markLine(event: MarkEvent): EventLine {
  const { mark } = event;
  const facts: Facts = {
    writer: mark.writer,
    writer_uid: mark.writerUid,
    pid: event.pid,
    origin: originFacts(mark.origin),
  };
  return fileLine(mark.derived ? "marked (derived)" : "marked", event.path, facts);
}

/**
 * The line for a file that became local again, logged at debug.
 *
 * @param event What happened.
 * @returns The line.
 */
export function localLine(event: LocalEvent): EventLine {
  return fileLine("local again", event.path, { pid: event.pid, comm: event.comm });
}

/** `VERB PATH (facts)`. */
function fileLine(verb: string, path: ByteString | null, facts: Facts): EventLine {
  const { message, properties } = eventLine(verb, facts);
  const named = eventLine("", { target: nameOf(path) });
  const target = named.message.slice("target=".length);
  return {
    message: `${verb} ${target} (${message.slice(verb.length + 1)})`,
    properties: { ...properties, ...named.properties, event: verb },
  };
}
