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
import { logger } from "../log/log.ts";

const log = logger("event");

/** Tells of what isn't a verdict. */
export function tellEvent(event: Exclude<KernelEvent, VerdictEvent>): void {
  switch (event.type) {
    case "mark": {
      const { message, properties } = markLine(event);
      log.debug(message, properties);
      break;
    }
    case "local": {
      const { message, properties } = localLine(event);
      log.debug(message, properties);
      break;
    }
    case "guard": {
      const { message, properties } = guardLine(event);
      log[guardLevel(event.answer)](message, properties);
      break;
    }
    case "self": {
      const { message, properties } = selfLine(event);
      log.warn(message, properties);
      break;
    }
    case "detection": {
      const { message, properties } = detectionLine(event);
      log[detectionLevel(event)](message, properties);
      break;
    }
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
    const { message, properties } = verdictLine({ ...event, answer }, token);
    log[verdictLevel(answer)](message, properties);
  }
}
