/**
 * Events of the kernel as lines of the log.
 *
 * @module
 */

import { detectionLevel, detectionLine } from "../events/detection_lines.ts";
import type { KernelEvent, VerdictEvent } from "../events/event.ts";
import { guardLevel, guardLine } from "../events/guard_lines.ts";
import { localLine, markLine, verdictLevel, verdictLine } from "../events/log_lines.ts";
import { selfLine } from "../events/self_lines.ts";
import { logger, say } from "../log/log.ts";

const log = logger("event");

/**
 * Tells of what isn't a verdict.
 *
 * @param event What the kernel told.
 */
export function tellEvent(event: Exclude<KernelEvent, VerdictEvent>): void {
  switch (event.type) {
    case "mark":
      return say(log, { level: "debug", ...markLine(event) });
    case "local":
      return say(log, { level: "debug", ...localLine(event) });
    case "guard":
      return say(log, { level: guardLevel(event.answer), ...guardLine(event) });
    case "self":
      return say(log, { level: "warn", ...selfLine(event) });
    case "detection":
      return say(log, { level: detectionLevel(event), ...detectionLine(event) });
  }
}

/**
 * Tells of a verdict.
 *
 * @param event The verdict.
 * @param token By which it can be permitted, if it was a refusal.
 */
export function tellVerdict(event: VerdictEvent, token: string | undefined): void {
  // Observe and soak log what ran, and what enforcement would have said of it.
  const answers = event.answer === "would-block" ? ["allow", "would-block"] as const : [
    event.answer,
  ];
  for (const answer of answers) {
    say(log, { level: verdictLevel(answer), ...verdictLine({ ...event, answer }, token) });
  }
}
