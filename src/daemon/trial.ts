/**
 * Enforcement on trial: `run --try 10m` falls back to observe unless somebody
 * shows that a new session can still be opened.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";

/** Which login a process belongs to. */
export interface Session {
  /** The kernel's audit session, set at login; null when nobody logged in. */
  audit: number | null;
  /** Clock ticks from boot to the start of the session's leader; null when it is gone. */
  started: number | null;
}

/** The audit session of who never logged in: (unsigned) -1. */
const NO_AUDIT_SESSION = 0xffffffff;

/**
 * Whether a session is a later one than that in which enforcement began.
 *
 * @param own The session of the daemon.
 * @param daemonStarted Clock ticks from boot to the start of the daemon.
 * @param peer The session of who confirms.
 * @returns True when it had to be opened while enforcement was on.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const own = { audit: 3, started: 100 };
 * assert(isNewSession(own, 500, { audit: 4, started: 900 }));
 * assert(!isNewSession(own, 500, { audit: 3, started: 900 }));
 * ```
 */
export function isNewSession(own: Session, daemonStarted: number, peer: Session): boolean {
  if (own.audit !== null && own.audit === peer.audit) return false;
  return peer.started !== null && peer.started > daemonStarted;
}

/**
 * The session of a process.
 *
 * @param pid The process.
 * @returns What /proc knows of it.
 */
export function sessionOf(pid: number): Session {
  const leader = statFields(pid)?.session;
  return {
    audit: auditSessionOf(pid),
    started: leader === undefined ? null : startOf(leader),
  };
}

/**
 * Whether a process belongs to a login at a terminal.
 *
 * @param pid The process.
 */
export function isAtTerminal(pid: number): boolean {
  return auditSessionOf(pid) !== null && (statFields(pid)?.terminal ?? 0) !== 0;
}

function auditSessionOf(pid: number): number | null {
  const audit = Number(textOf(`/proc/${pid}/sessionid`) ?? NO_AUDIT_SESSION);
  return audit === NO_AUDIT_SESSION ? null : audit;
}

/**
 * When a process started.
 *
 * @param pid The process.
 * @returns Clock ticks since boot, or null when it is gone.
 */
export function startOf(pid: number): number | null {
  return statFields(pid)?.started ?? null;
}

function statFields(
  pid: number,
): { session: number; terminal: number; started: number } | undefined {
  // The name in parentheses may hold anything, also parentheses and blanks.
  const fields = textOf(`/proc/${pid}/stat`)?.replace(/^.*\)\s/s, "").split(" ");
  if (!fields || fields.length < 20) return undefined;
  // proc(5): fields 6, 7 and 22, the first here is number 3.
  return { session: Number(fields[3]), terminal: Number(fields[4]), started: Number(fields[19]) };
}

function textOf(path: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(path)).trim();
  } catch {
    return undefined;
  }
}
