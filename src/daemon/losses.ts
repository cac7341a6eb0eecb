/**
 * What can be lost, and what it means to people: for `linprov status` and the
 * log.
 *
 * @module
 */

import type { EngineStatus } from "./protocol.ts";

/** Losses by name. What stands behind a colon in a name is a detail. */
const MEANINGS: Readonly<Record<string, string>> = {
  events_lost: "events that the log and the store miss: the ring buffer was full",
  known_full: "marks that don't survive the eviction of their inode",
  storage_failed: "marks without a copy at their inode",
  process_failed: "processes whose state found no room",
  scratch_failed: "paths that could not be worked out",
  origins_full: "origins that found no room",
  pending_full: "pushed taints that found no room",
  readers_full: "pipes with more readers than can be told of a taint",
  folders_full: "folders that recursive rules don't know",
  mark_lost: "marks that could not be kept at all",
  images_full: "marked images whose files are not marked",
  copies_full: "copies of interpreters that count as ordinary programs",
  no_digest: "decisions without the SHA-256 of the file: no sha256 rule matched",
  detections_lost: "things that detectors saw and didn't tell: too many at once",
  recursion_misses: "programs skipped by the kernel",
  seed_full: "marks and origins of the store for which the kernel has no room",
  store_failed: "attempts to write to the store that failed, and are repeated",
  xattr_failed: "marks that are in the store, but not in the file's attribute",
  store_lost: "stores that were damaged or gone: marks come back from the files' attributes",
  key_lost: "keys of this host that were gone: the store's hashes were made anew",
  log_lines: "log lines that could not be written in time",
  subscribers: "subscribers disconnected because they didn't read",
  tokens: "blocks whose token was forgotten for newer ones",
};

/** The counters of the kernel that stand for losses, as it names them. */
const COUNTERS = Object.keys(MEANINGS);

/** Losses after which something may have run undecided. */
const OPEN: ReadonlySet<string> = new Set([
  "mark_lost",
  "images_full",
  "copies_full",
  "recursion_misses",
  "store_lost",
]);

/** Losses by name, those that didn't happen left out. */
export type Losses = Record<string, number>;

/**
 * What a loss means.
 *
 * @param name Its name.
 * @returns A clause that follows a number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   lossMeaning("xattr_failed: ENOSPC"),
 *   "marks that are in the store, but not in the file's attribute: ENOSPC",
 * );
 * ```
 */
export function lossMeaning(name: string): string {
  const [base = "", detail] = name.split(": ");
  const meaning = MEANINGS[base] ?? base;
  return detail === undefined ? meaning : `${meaning}: ${detail}`;
}

/**
 * Collects the losses of the kernel side.
 *
 * @param status The counters, and what went wrong on the way to the store.
 * @returns The losses.
 */
export function lossesOf(
  status: Pick<EngineStatus, "counters" | "skipped" | "losses">,
): Losses {
  const { counters, skipped, losses } = status;
  const all: Losses = { ...losses };
  for (const [name, times] of Object.entries(skipped)) all[`recursion_misses: ${name}`] = times;
  for (const name of COUNTERS) if (counters[name]) all[name] = counters[name];
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

/**
 * How many decisions were left open: what no rule permits and was spared, and
 * what may have run undecided.
 *
 * @param counters The kernel's counters.
 * @param losses The losses.
 * @returns The number; more than 0 is a reason to look.
 */
export function openDecisions(counters: Record<string, number>, losses: Losses): number {
  let open = counters.spared ?? 0;
  for (const [name, count] of Object.entries(losses)) {
    if (OPEN.has(name.split(": ")[0]!)) open += count;
  }
  return open;
}

/**
 * What was lost since the last time.
 *
 * @param before The losses then.
 * @param now The losses now.
 * @returns Name, how many more, and how many in all.
 */
export function newLosses(
  before: Losses,
  now: Losses,
): { what: string; count: number; total: number }[] {
  return Object.entries(now)
    .map(([what, total]) => ({ what, count: total - (before[what] ?? 0), total }))
    .filter(({ count }) => count > 0);
}
