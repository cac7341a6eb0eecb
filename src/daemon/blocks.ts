/**
 * What was blocked since the daemon started, by the token that permits it.
 *
 * @module
 */

import type { VerdictEvent } from "../events/event.ts";
import { blockToken } from "../marks/token.ts";
import { printRule } from "../policy/print.ts";
import { narrowestRule } from "../policy/propose.ts";
import type { Facts } from "../policy/facts.ts";
import { siphash24 } from "../marks/siphash.ts";
import { type ByteString, byteStringToBytes } from "../policy/bytes.ts";

/** Blocks that can be permitted; the oldest goes when there are more. */
const ROOM = 8192;

/** A bounded table of blocks. Its tokens can't be made by choosing file names. */
export class Blocks {
  readonly #key = crypto.getRandomValues(new Uint8Array(16));
  readonly #events = new Map<string, VerdictEvent>();
  #forgotten = 0;

  /** How many blocks can be permitted. */
  get size(): number {
    return this.#events.size;
  }

  /** How many can't be permitted any more, because there were too many newer ones. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /**
   * Remembers a block. The same thing blocked again has the same token; another file at the same
   * path, or other bytes in it where they are known, has another: who looked at one permits no other.
   *
   * @param event The block.
   * @returns Its token, 16 lower-case hex digits.
   */
  add(event: VerdictEvent): string {
    const token = this.#token(event);
    this.#events.delete(token);
    this.#events.set(token, event);
    if (this.#events.size > ROOM) {
      this.#events.delete(this.#events.keys().next().value!);
      this.#forgotten++;
    }
    return token;
  }

  /** The block behind a token; an unambiguous beginning of 8 digits or more will do. */
  find(token: string): VerdictEvent | undefined {
    const whole = this.#events.get(token);
    if (whole || token.length < 8) return whole;
    let found: VerdictEvent | undefined;
    for (const [known, event] of this.#events) {
      if (!known.startsWith(token)) continue;
      if (found) return undefined;
      found = event;
    }
    return found;
  }

  /**
   * The narrowest rule that would have permitted exactly this.
   *
   * @param token The token.
   * @returns The rule as it is printed, or null when the token isn't known or
   * so little is known of the block that a rule would permit other files too.
   */
  ruleFor(token: string): string | null {
    const event = this.find(token);
    const rule = event && narrowestRule(factsOf(event));
    return rule ? printRule(rule) : null;
  }

  #token({ kind, path, uid, mark, host, file, sha256 }: VerdictEvent): string {
    const hash = (text: ByteString | null) =>
      text === null ? null : siphash24(this.#key, byteStringToBytes(text));
    return blockToken(this.#key, [
      hash(kind === "pipe" ? "pipe" : "file"),
      hash(path),
      host ? 1 : 0,
      uid,
      mark.origin.number,
      hash(mark.landingFolder),
      hash(mark.landingFile),
      siphash24(this.#key, file.fs),
      ...[file.dev, file.ino, file.gen],
      hash(sha256),
    ]);
  }
}

/**
 * The facts of a verdict, as the policy asks for them.
 *
 * @param event The verdict.
 * @returns The facts.
 */
export function factsOf(event: VerdictEvent): Facts {
  const { mark } = event;
  // What comes through a pipe was written to no file.
  const writerProcess = event.kind === "pipe" ? null : mark.writer;
  return {
    target: event.host ? event.path : null,
    landingFolder: mark.landingFolder,
    landingName: mark.landingFile,
    creatorProcess: mark.origin.creator,
    creatorComm: mark.origin.comm,
    creatorUid: mark.origin.uid,
    writerProcess,
    writerUid: mark.writerUid,
    zone: mark.origin.zone,
    sha256: event.sha256,
    executionUid: event.uid,
    now: Math.floor(event.time / 1000),
  };
}
