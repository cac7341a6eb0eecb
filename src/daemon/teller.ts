/**
 * What the kernel's events mean to people: hashes become paths, numbers become
 * zones and rules.
 *
 * @module
 */

import { LpEventType, type LpOrigin } from "../../ffi/layout.gen.ts";
import {
  addressText,
  ANSWERS,
  commText,
  EventFlag,
  KINDS,
  type RawEvent,
} from "../events/decode.ts";
import { readDetection } from "../events/detection.ts";
import type { DetectionEvent, KernelEvent, Mark, Origin } from "../events/event.ts";
import { MARK_DERIVED, NO_UID } from "../marks/records.ts";
import { DETECTOR_NAMES, detectorActs, type DetectorSetting } from "../policy/detectors.ts";
import { GUARD_NAMES, guardOperations } from "../policy/guards.ts";
import { OPERATIONS, WHATS } from "../events/self_lines.ts";
import type { Places } from "./places.ts";
import type { RuleTexts } from "./rule_texts.ts";
import type { Texts } from "./texts.ts";

/** Words for events. */
export class Teller {
  readonly #texts: Texts;
  /** Milliseconds from 1970 to the boot. */
  bootTime: number;
  /** Zones by number. */
  zoneNames: ReadonlyMap<number, string> = new Map();
  /** The detectors that are on. */
  detectors: readonly Pick<DetectorSetting, "name" | "arguments" | "environment">[] = [];
  /** The rules in force; undefined before there are any. */
  ruleTexts: RuleTexts | undefined;

  /** Whether it tells of new marks, and of those that end. */
  tellsMarks = false;

  /** The folders that own protection knows. */
  places: Places = new Map();

  /** Nanoseconds from the boot to when the first rules of this daemon were in force. */
  ownSince = 0n;

  /**
   * @param texts What hashes stand for.
   * @param bootTime Milliseconds from 1970 to the boot.
   */
  constructor(texts: Texts, bootTime: number) {
    this.#texts = texts;
    this.bootTime = bootTime;
  }

  /**
   * Puts an event into words.
   *
   * @param raw What the kernel sent.
   * @returns Null for what only user space itself needs.
   */
  tell(raw: RawEvent): KernelEvent | null {
    const isMark = raw.type === LpEventType.LP_EVENT_MARK ||
      raw.type === LpEventType.LP_EVENT_LOCAL;
    if (isMark && !this.tellsMarks) return null;
    const common = {
      time: this.bootTime + Number(raw.time / 1_000_000n),
      pid: raw.pid,
      uid: raw.uid,
      comm: commText(raw.comm),
      path: raw.text === "" ? null : raw.text,
      // A rule can name it only when the kernel could hash it.
      host: raw.type !== LpEventType.LP_EVENT_VERDICT || raw.targetFile !== 0n,
      file: raw.file,
    };
    switch (raw.type) {
      case LpEventType.LP_EVENT_MARK:
        return { type: "mark", ...common, mark: this.#mark(raw) };
      case LpEventType.LP_EVENT_LOCAL:
        return { type: "local", ...common };
      case LpEventType.LP_EVENT_VERDICT:
        return {
          type: "verdict",
          ...common,
          kind: KINDS[raw.kind] ?? "exec",
          answer: ANSWERS[raw.verdict] ?? "block",
          // The daemon before this one had rules of its own.
          rule: raw.time < this.ownSince ? null : this.ruleTexts?.get(raw.rule) ?? null,
          denied: (raw.flags & EventFlag.denied) !== 0,
          mark: this.#mark(raw),
          sha256: digestText(raw.digest),
        };
      case LpEventType.LP_EVENT_GUARD: {
        const guard = GUARD_NAMES[raw.kind];
        const operation = guard && guardOperations(guard)[raw.rule];
        if (!guard || !operation) return null;
        return {
          type: "guard",
          ...common,
          guard,
          operation,
          answer: ANSWERS[raw.verdict] ?? "block",
        };
      }
      case LpEventType.LP_EVENT_SELF: {
        const what = WHATS[raw.kind];
        const operation = OPERATIONS[raw.rule];
        if (!what || !operation) return null;
        return {
          type: "self",
          ...common,
          what,
          operation,
          path: what === "process" ? String(Deno.pid) : this.#ownPath(raw),
          signal: operation === "kill" ? Number(raw.targetFile) : null,
          untold: Number(raw.targetFolder),
        };
      }
      case LpEventType.LP_EVENT_DETECTED:
        return this.#detection(raw, common);
      default:
        return null;
    }
  }

  /** The kernel tells one of linprov's folders, and a name in it. */
  #ownPath({ mode: place, text }: RawEvent): string {
    const folder = this.places.get(place);
    return folder === undefined ? text : text === "" ? folder : `${folder}/${text}`;
  }

  #detection(
    raw: RawEvent,
    { time, pid, uid, comm }: Pick<DetectionEvent, "time" | "pid" | "uid" | "comm">,
  ): DetectionEvent | null {
    const detector = DETECTOR_NAMES[raw.kind];
    const act = detector && detectorActs(detector)[raw.rule];
    const texts = readDetection(raw.text);
    if (!detector || !act || !texts) return null;
    const { exe, target, targetPid, ancestors, pathsCut, ...execution } = texts;
    const setting = this.detectors.find(({ name }) => name === detector);
    const told = {
      arguments: setting?.arguments ?? false,
      environment: (setting?.environment.length ?? 0) > 0,
    };
    return {
      type: "detection",
      ...{ time, pid, uid, comm, detector, act, exe, target, targetPid, ancestors, pathsCut },
      execution: detector === "exec"
        ? {
          ...execution,
          told,
          argumentsCut: told.arguments && execution.argumentsCut,
          sha256: digestText(raw.digest),
        }
        : null,
      mark: raw.file.ino === 0n ? null : this.#mark(raw),
    };
  }

  #mark({ mark, origin }: RawEvent): Mark {
    return {
      origin: this.#origin(mark.origin, origin),
      landingFolder: this.#texts.get(mark.landingFolder),
      landingFile: this.#texts.get(mark.landingName),
      writer: this.#texts.get(mark.writerExe),
      writerUid: mark.writerUid === NO_UID ? null : mark.writerUid,
      derived: (mark.flags & MARK_DERIVED) !== 0,
      time: mark.time,
    };
  }

  #origin(number: number, origin: LpOrigin): Origin {
    const comm = commText(origin.comm);
    return {
      number,
      creator: this.#texts.get(origin.creatorExe),
      comm: comm === "" ? null : comm,
      uid: origin.uid === NO_UID || origin.time === 0 ? null : origin.uid,
      zone: this.zoneNames.get(origin.zone) ?? "unknown",
      remote: addressText(origin.addr),
      port: origin.port === 0 ? null : origin.port,
      time: origin.time,
    };
  }
}

function digestText(digest: Uint8Array): string | null {
  return digest.some((byte) => byte !== 0) ? digest.toHex() : null;
}
