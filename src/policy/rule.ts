/**
 * Rules as the rest of the program handles them, independent of how they are
 * written in a file or laid out in the kernel.
 *
 * @module
 */

import type { ByteString } from "./bytes.ts";
import type { DimName } from "./dims.ts";

/** A folder a file can lie in. */
export interface FolderPattern {
  /** The folder's path, ending in a slash. */
  readonly path: ByteString;
  /** Whether files in the folders below it count too (`/opt/app/*`). */
  readonly recursive: boolean;
}

/** The conditions of a rule; all that are present must hold. */
export interface Conditions {
  /** The executed file's full path. */
  target_filename?: ByteString;
  /** The folder the executed file lies in. */
  target_folder?: FolderPattern;
  /** The base name under which the file was first written. */
  landing_filename?: ByteString;
  /** The folder in which the file was first written. */
  landing_folder?: FolderPattern;
  /** The executable that brought the bytes from the network. */
  creator_process?: ByteString;
  /** The process name of the one that brought them, at most 15 bytes. */
  creator_comm?: ByteString;
  /** The user who brought them. */
  creator_uid?: number;
  /** The executable that wrote this very file. */
  writer_process?: ByteString;
  /** The user who wrote this very file. */
  writer_uid?: number;
  /** The zone of the remote address. */
  origin_zone?: string;
  /** The SHA-256 of the content, 64 lower-case hex digits. */
  sha256?: string;
  /** The user who executes the file. */
  execution_uid?: number;
}

/** One rule of the policy. */
export interface Rule {
  /** Its place among the rules of the policy, 1 for the first; 0 if it is in no file. */
  number: number;
  /** The line it stands on, from 1; 0 if it is in no file. */
  line: number;
  /** The file it stands in, where that isn't the allowlist itself. */
  file?: string;
  /** Whether it refuses what it matches. A rule that refuses wins over all that allow. */
  deny: boolean;
  /** What must hold for it to match; never empty. */
  when: Conditions;
  /** The last day on which it holds, `YYYY-MM-DD` in UTC; without it, it holds for ever. */
  expires?: string;
  /** Why it exists, for people. */
  reason?: ByteString;
  /** Who wrote it, for people. */
  by?: ByteString;
  /** Where each condition stands on the line, in bytes from 1; only if asked of the parser. */
  columns?: Partial<Record<DimName, number>>;
}

/** Something to tell about a place in an allowlist. */
export interface Finding {
  /** The file, where it isn't the allowlist itself. */
  file?: string;
  /** The line, from 1. */
  line: number;
  /** The column in bytes, from 1. */
  column: number;
  /** What is wrong, without a final period. */
  message: string;
  /** What to do about it. */
  hint?: string;
}

/**
 * Where a rule stands, in words.
 *
 * @param rule The rule.
 * @param from The file that the words are about: it isn't named. Undefined is the allowlist.
 * @returns `line 7`, and of which file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(placeOf({ line: 7 }), "line 7");
 * assertEquals(placeOf({ line: 7, file: "/a" }), "line 7 of /a");
 * assertEquals(placeOf({ line: 7, file: "/a" }, "/a"), "line 7");
 * assertEquals(placeOf({ line: 7 }, "/a"), "line 7 of the allowlist");
 * ```
 */
export function placeOf(
  { line, file }: { line: number | null; file?: string },
  from?: string,
): string {
  return `line ${line}${file === from ? "" : ` of ${file ?? "the allowlist"}`}`;
}

/**
 * The file of a rule, as findings have it.
 *
 * @param rule The rule.
 * @returns Nothing for one of the allowlist itself.
 */
export function fileOf({ file }: { file?: string }): { file?: string } {
  return file === undefined ? {} : { file };
}

const DAY = 86_400;

/**
 * The moment at which a rule stops to hold: the end of its last day in UTC.
 *
 * @param expires The last day, `YYYY-MM-DD`, or undefined for "never".
 * @returns Seconds since 1970; 0 is never.
 * @throws {RangeError} If this is no day between 1970 and 9999.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(expiryTime("1970-01-01"), 86400);
 * assertEquals(expiryTime(undefined), 0);
 * ```
 */
export function expiryTime(expires: string | undefined): number {
  if (expires === undefined) return 0;
  const known = TIMES.get(expires);
  if (known !== undefined) return known;
  const time = /^(?:19[7-9]|[2-9]\d\d)\d-\d\d-\d\d$/.test(expires) ? Date.parse(expires) : NaN;
  // Some engines roll the 31st of a shorter month over into the next.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(expires)) {
    throw new RangeError(
      `Cannot read the date ${JSON.stringify(expires)}: it must be a day as YYYY-MM-DD`,
    );
  }
  const end = time / 1000 + DAY;
  if (TIMES.size < MOST_TIMES) TIMES.set(expires, end);
  return end;
}

// A million rules may end, but on few different days; reading a date takes as long as a condition.
const TIMES = new Map<string, number>();
const MOST_TIMES = 4096;

/**
 * Whether a rule's time is over.
 *
 * @param rule A rule.
 * @param now Seconds since 1970.
 * @returns True from the end of its last day on.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const rule = { number: 1, line: 1, deny: false, when: { creator_uid: 0 }, expires: "1970-01-01" };
 * assert(!isExpired(rule, 86_399) && isExpired(rule, 86_400));
 * ```
 */
export function isExpired(rule: Rule, now: number): boolean {
  return rule.expires !== undefined && now >= expiryTime(rule.expires);
}
