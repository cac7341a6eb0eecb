/**
 * The log lines about the life of the daemon, which scripts rely on. Each is
 * an event with facts of its own in the JSON format.
 *
 * @module
 */

import type { Settings } from "../config/settings.ts";
import { eventLine } from "../log/event_line.ts";
import type { LogLine } from "../log/log.ts";
import type { Replaced } from "../marks/recover.ts";
import type { DetectorSetting } from "../policy/detectors.ts";
import type { GuardSetting } from "../policy/guards.ts";
import { lossMeaning } from "./losses.ts";
import type { Distrusted } from "./package_check.ts";
import type { Finding } from "../policy/rule.ts";
import type { Loaded } from "./protocol.ts";

/** A line about the daemon. */
export interface LifeLine extends LogLine {
  level: "info" | "warn" | "error";
}

function line(
  level: LifeLine["level"],
  event: string,
  message: string,
  facts: Record<string, unknown> = {},
): LifeLine {
  return { level, message, properties: { event, ...facts } };
}

/** Rules are in force. */
export const rulesLoaded = ({ loaded, total, files }: Loaded, allowlist: string): LifeLine => {
  const named = [allowlist, ...files].slice(0, MOST_FILES).join(", ");
  const rest = 1 + files.length - MOST_FILES;
  const from = rest > 0 ? `${named} and ${rest} more` : named;
  const message = `loaded ${loaded} of ${total} allowlist rules from ${from}`;
  return line("info", "RULES-LOADED", message, { loaded, total, allowlist, files });
};

/** So many files are named in a line. */
const MOST_FILES = 8;

/** The kernel has the marks of the store. */
export const marksTakenOver = (marks: number, store: string): LifeLine =>
  line("info", "MARKS-TAKEN-OVER", `took over ${marks} marks from ${store}`, { marks, store });

/** The store was damaged or gone: a new one was begun. */
export const storeReplaced = (store: string, { why, aside, salvaged }: Replaced): LifeLine => {
  const kept = aside === null ? "" : ` It is now ${aside}; ${salvaged} marks were read from it.`;
  const message = `cannot use the store ${store}: ${why}.${kept} Looking for marks in the ` +
    "attributes of all files; until that is done, marked files may run";
  return line("error", "STORE-REPLACED", message, { store, why, aside, salvaged });
};

/** All files' attributes have been looked at. */
export const restored = (found: { looked: number; restored: number }): LifeLine => {
  const message = `${found.restored} marks were restored from the attributes of ${found.looked} ` +
    "files; files on filesystems without attributes count as local now";
  return line("warn", "RESTORED", message, found);
};

/** The host's key was gone. */
export const rekeyed = (): LifeLine =>
  line("warn", "KEY-REPLACED", "the host's key was gone: the store's hashes were made anew");

/** A host that was set up, and has no state: it is new, or has lost it. */
export const firstStart = (): LifeLine => {
  const message = "this host has no state of linprov's: looking once for marks in the attributes " +
    "of all files; until that is done, files marked at an earlier time may run";
  return line("info", "FIRST-START", message);
};

/** The kernel's command line stands above the configuration. */
export const rescue = (): LifeLine => {
  const message = "linprov.mode=observe is on the kernel's command line: nothing is refused";
  return line("warn", "RESCUE", message);
};

/** Boots failed, one after the other. */
export function failedBoots(failed: number, observes: boolean): LifeLine {
  const boots = failed === 1 ? "the last boot" : `the last ${failed} boots`;
  const what = `${boots} under enforcement ended before anybody could use the machine`;
  const facts = { failed, observes };
  if (!observes) return line("warn", "BOOTS-FAILED", what, facts);
  const next = "this one only observes. To enforce again: linprov confirm, or restart linprov";
  return line("error", "BOOTS-FAILED", `${what}: ${next}`, facts);
}

/** This boot doesn't count as one that failed. */
export const bootIsGood = (why: string): LifeLine =>
  line("info", "BOOT-GOOD", `this boot is good: ${why}`, { why });

/** Enforcement was wanted in spite of boots that failed. */
export const fallbackEnded = (pid: number): LifeLine =>
  line(
    "warn",
    "FALLBACK-ENDED",
    `enforcement was confirmed by pid ${pid} after boots that failed`,
    {
      by_pid: pid,
    },
  );

/** Clients can connect. */
export const listening = (socket: string): LifeLine =>
  line("info", "LISTENING", `control socket listening at ${socket}`, { socket });

/** Everything is attached and seeded. */
export function running(mode: Settings["mode"]): LifeLine {
  const name = mode[0]!.toUpperCase() + mode.slice(1);
  const hint = "press Ctrl-C to exit, SIGHUP to reload the allowlist.";
  return line("info", "RUNNING", `linprov running (${name}). ${hint}`, { mode });
}

/** Allowlist and configuration are being read again. */
export const reloading = (allowlist: string): LifeLine =>
  line("info", "RELOADING", `SIGHUP received — reloading allowlist from ${allowlist}`, {
    allowlist,
  });

/** A mistake in an allowlist that was to be reloaded. */
export const mistake = (
  allowlist: string,
  { file = allowlist, line: at, column, message }: Finding,
): LifeLine =>
  line("error", "ALLOWLIST-ERROR", `${file}:${at}:${column}: ${message}`, {
    allowlist: file,
    line: at,
    column,
    why: message,
  });

/** Nothing of an allowlist was taken over. */
export const rulesStay = (allowlist: string): LifeLine =>
  line("error", "RELOAD-REFUSED", "the allowlist was not reloaded: the old rules stay", {
    why: `${allowlist} has errors`,
  });

/** Nothing of configuration and allowlist was taken over. */
export const allStays = (why: string): LifeLine =>
  line("error", "RELOAD-REFUSED", `${why}: the old settings and rules stay`, { why });

/** Settings have changed that can't be applied now. */
export const needsRestart = (keys: readonly string[]): LifeLine =>
  line("warn", "RESTART-NEEDED", `changed, but not before a restart: ${keys.join(", ")}`, { keys });

/** A guard is in force, or differently. */
export function guardOn(guard: GuardSetting, mode: Settings["mode"]): LifeLine {
  const { name, permission, operations } = guard;
  const note = mode === "enforce" || permission === "none" ? "" : `; mode ${mode} refuses nothing`;
  const message = `guard ${name}: ${permission} ${operations.join(", ")}${note}`;
  return line("info", "GUARD-ON", message, { name, permission, operations });
}

/** A guard is no longer in force. */
export const guardOff = (name: string): LifeLine =>
  line("info", "GUARD-OFF", `guard ${name}: off`, { name });

/** Nobody but linprov touches linprov. */
export const selfOn = (): LifeLine =>
  line("info", "SELF-ON", "own protection: on; only linprov touches its state, maps and process");

/** Everybody may again who has the rights. */
export const selfOff = (): LifeLine =>
  line(
    "warn",
    "SELF-OFF",
    "own protection: off; root may change linprov's state, maps and process",
  );

/** A detector is on, or set differently. */
export const detectorOn = ({ name, allow }: DetectorSetting): LifeLine =>
  line("info", "DETECTOR-ON", `detector ${name}: on`, { name, allow: allow.length });

/** A detector is off. */
export const detectorOff = (name: string): LifeLine =>
  line("info", "DETECTOR-OFF", `detector ${name}: off`, { name });

/** Somebody permitted what was blocked. */
export const allowed = (
  { once, rule, token, peer }: {
    once: boolean;
    rule: string;
    token: string;
    peer: { uid: number; pid: number };
  },
): LifeLine => {
  const who = `uid ${peer.uid} (pid ${peer.pid})`;
  return line("info", "ALLOWED", `allowed${once ? " once" : ""} by ${who}: ${rule}`, {
    once,
    rule,
    token,
    by_uid: peer.uid,
    by_pid: peer.pid,
  });
};

/** A rule was learned. */
export const soakAdded = (rule: string): LifeLine =>
  line("info", "SOAK-ADDED", `soak: added ${rule}`, { rule });

/** Enforcement has to be confirmed. */
export const trialBegins = (seconds: number): LifeLine =>
  line(
    "warn",
    "TRIAL-BEGINS",
    `enforcement is on trial for ${seconds} s: keep it by linprov confirm from a new session`,
    { seconds },
  );

/** Enforcement was confirmed. */
export const trialConfirmed = (pid: number): LifeLine =>
  line("info", "TRIAL-CONFIRMED", `enforcement was confirmed by pid ${pid}`, { by_pid: pid });

/** Nobody confirmed. */
export const trialFailed = (): LifeLine =>
  line(
    "warn",
    "TRIAL-FAILED",
    "the trial was not confirmed: linprov only observes from now on",
  );

/** Something was lost. */
export function lost(
  { what, count, total }: { what: string; count: number; total: number },
): LifeLine {
  const facts = { what, count, total, meaning: lossMeaning(what) };
  return { level: "warn", ...eventLine("LOSS", facts) };
}

/** A file isn't what its package says. */
export function distrusted(file: Distrusted): LifeLine {
  const { path: target, ...facts } = file;
  return { level: "warn", ...eventLine("DISTRUSTED", { target, ...facts }) };
}

/** A daemon before this one had left its programs and maps. */
export const tookOver = (): LifeLine =>
  line("info", "TOOK-OVER", "took over what the linprov before this one enforced");

/** Nothing outlives this daemon. */
export const notPinned = (): LifeLine =>
  line(
    "warn",
    "NOT-PINNED",
    "enforcement ends with this program: there is no BPF filesystem on /sys/fs/bpf",
  );

/** Everything stays attached. */
export const handedOver = (): LifeLine =>
  line("info", "HANDED-OVER", "linprov restarts: what it enforces stays until it is back");

/** Nothing is attached any more. */
export const stopped = (): LifeLine =>
  line("info", "STOPPED", "linprov stopped: nothing is marked or refused any more");
