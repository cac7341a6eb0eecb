/**
 * Which boots were good: after two in a row under enforcement that nobody could
 * use, the next one only observes.
 *
 * @module
 */

/** Boots in a row that fail before linprov only observes. */
export const MOST_FAILED = 2;

/** What is kept of the last boot in which linprov was to enforce. */
export interface BootRecord {
  /** The kernel's id of it; empty when nothing came to be enforced in it. */
  boot: string;
  /** How many boots in a row failed before this one. */
  failed: number;
  /** It only observes. */
  observes: boolean;
  /** Somebody could use it. */
  good: boolean;
}

/** What tells whether a boot can be used. */
export interface BootSigns {
  /** Somebody has logged in. */
  login: boolean;
  /** The service manager has started everything. */
  up: boolean;
  /** Something was refused since the boot. */
  refused: boolean;
  /** Milliseconds since the daemon started. */
  age: number;
}

/** Milliseconds after which a boot counts as good in which the daemon still runs. */
export const GOOD_AFTER_MS = 10 * 60_000;

/**
 * The record of a boot in which enforcement is about to begin.
 *
 * @param before The record so far; null when there is none.
 * @param boot The kernel's id of this boot.
 * @returns The new record, to be kept before anything is enforced.
 *
 * @example
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 *
 * const first = beginBoot(null, "a");
 * const second = beginBoot(first, "b");
 * assertEquals(second.failed, 1);
 * assert(beginBoot(second, "c").observes);
 * ```
 */
export function beginBoot(before: BootRecord | null, boot: string): BootRecord {
  // The daemon crashed, or was started again by hand: what held for this boot still does.
  if (before?.boot === boot) return before;
  const failed = before === null || before.good ? 0 : before.failed + (before.observes ? 0 : 1);
  return { boot, failed, observes: failed >= MOST_FAILED, good: false };
}

/** The record when nothing came to be enforced: this boot says nothing about enforcement. */
export function withoutBoot(record: BootRecord): BootRecord {
  return { ...record, boot: "", observes: true, good: false };
}

/** The record when somebody who can use the machine wants enforcement, or ends it by hand. */
export function endFallback(record: BootRecord): BootRecord {
  return { ...record, failed: 0, observes: false, good: true };
}

/**
 * Why a boot is good.
 *
 * @param signs What is known of it.
 * @returns The reason, and whether it can't change any more; null while it isn't good.
 */
export function goodness(signs: BootSigns): { why: string; final: boolean } | null {
  if (signs.login) return { why: "somebody logged in", final: true };
  if (signs.age >= GOOD_AFTER_MS) {
    return { why: `linprov has run for ${GOOD_AFTER_MS / 60_000} minutes`, final: true };
  }
  // Until somebody logs in, what is refused may be what a login needs.
  if (signs.up && !signs.refused) {
    return { why: "the system is up, and nothing was refused", final: false };
  }
  return null;
}

/**
 * Reads a record.
 *
 * @param text The text of its file.
 * @returns The record; null when it is damaged: a power cut may do that.
 */
export function parseBootRecord(text: string): BootRecord | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { boot, failed, observes, good } = value as Record<string, unknown>;
  if (typeof boot !== "string" || !Number.isSafeInteger(failed) || Number(failed) < 0) return null;
  if (typeof observes !== "boolean" || typeof good !== "boolean") return null;
  return value as BootRecord;
}
