/**
 * The log lines about guards, which scripts rely on.
 *
 * @module
 */

import { type EventLine, eventLine } from "../log/event_line.ts";
import type { Answer, GuardEvent } from "./event.ts";

const NAMES: Readonly<Record<Answer, string>> = {
  "allow": "GUARD-ALLOWED",
  "spared": "GUARD-SPARED",
  "block": "GUARD-BLOCKED",
  "would-block": "GUARD-WOULD-BLOCK",
};

/**
 * The line for what a guard refused, or would have.
 *
 * @param event What happened.
 * @returns The line; {@linkcode guardLevel} tells its level.
 */
export function guardLine(event: GuardEvent): EventLine {
  const { guard, operation, answer, pid, comm, uid, path } = event;
  const { message, properties } = eventLine(NAMES[answer], {
    name: guard,
    reason: operation,
    pid,
    comm,
    uid,
    target: path ?? undefined,
  });
  // Programs find the name in every such event; the text has only what there is.
  return { message, properties: { ...properties, target: properties.target ?? null } };
}

/** The level of such a line: what was refused is a warning. */
export function guardLevel(answer: Answer): "info" | "warn" {
  return answer === "block" ? "warn" : "info";
}
