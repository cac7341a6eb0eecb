/**
 * The log lines about what detectors saw, which scripts rely on.
 *
 * @module
 */

import { type EventLine, eventLine, type Fact } from "../log/event_line.ts";
import type { DetectionEvent } from "./event.ts";
import { originFacts } from "./log_lines.ts";

/**
 * The line for what a detector saw, logged at info for an execution and at warn for all else.
 *
 * @param event What happened.
 * @returns The line.
 */
export function detectionLine(event: DetectionEvent): EventLine {
  const { detector, act, pid, comm, uid, exe, target, targetPid, ancestors, mark } = event;
  const { execution } = event;
  const { message, properties } = eventLine("DETECTED", {
    name: detector,
    reason: act,
    pid,
    comm,
    uid,
    exe,
    target: target ?? undefined,
    target_pid: targetPid ?? undefined,
    ...executionFacts(execution),
    ancestry: ancestors.map(({ pid, comm, exe }) => ({ pid, comm, exe })),
    paths_cut: event.pathsCut || undefined,
    origin: mark ? originFacts(mark.origin) : undefined,
  });
  // Programs find these names in every such event; the text has only what there is.
  const all = {
    target: properties.target ?? null,
    target_pid: targetPid,
    arguments: properties.arguments ?? null,
    arguments_bytes: properties.arguments_bytes ?? null,
    arguments_cut: execution?.argumentsCut ?? false,
    environment: properties.environment ?? null,
    environment_cut: execution?.environmentCut ?? false,
    sha256: properties.sha256 ?? null,
    paths_cut: event.pathsCut,
    origin: properties.origin ?? null,
  };
  return { message, properties: { ...properties, ...all } };
}

/** The level of such a line. */
export function detectionLevel(event: DetectionEvent): "info" | "warn" {
  return event.detector === "exec" ? "info" : "warn";
}

function executionFacts(execution: DetectionEvent["execution"]): Record<string, Fact> {
  if (!execution) return {};
  const { told, environment, sha256 } = execution;
  return {
    arguments: told.arguments ? execution.arguments : undefined,
    arguments_bytes: told.arguments ? execution.argumentBytes : undefined,
    arguments_cut: execution.argumentsCut || undefined,
    environment: told.environment ? environment : undefined,
    environment_cut: execution.environmentCut || undefined,
    sha256: sha256 ?? undefined,
  };
}
