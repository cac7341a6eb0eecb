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
import type { KernelEvent, Mark, Origin } from "../events/event.ts";
import { MARK_DERIVED } from "../marks/records.ts";
import type { RuleTexts } from "./rule_texts.ts";
import type { Texts } from "./texts.ts";

/** Words for events. */
export class Teller {
  readonly #texts: Texts;
  readonly #bootTime: number;
  /** Zones by number. */
  zoneNames: ReadonlyMap<number, string> = new Map();
  /** The rules in force; undefined before there are any. */
  ruleTexts: RuleTexts | undefined;

  /** Nanoseconds from the boot to when the first rules of this daemon were in force. */
  ownSince = 0n;

  /**
   * @param texts What hashes stand for.
   * @param bootTime Milliseconds from 1970 to the boot.
   */
  constructor(texts: Texts, bootTime: number) {
    this.#texts = texts;
    this.#bootTime = bootTime;
  }

  /**
   * Puts an event into words.
   *
   * @param raw What the kernel sent.
   * @returns Null for what only user space itself needs.
   */
  tell(raw: RawEvent): KernelEvent | null {
    const common = {
      time: this.#bootTime + Number(raw.time / 1_000_000n),
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
        };
      default:
        return null;
    }
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

/** The uid that stands for "not known". */
const NO_UID = 0xffffffff;
