/**
 * What the main thread and the worker that owns the kernel side say to each
 * other. Neither waits for the other: answers are messages too.
 *
 * @module
 */

import type { Replaced } from "../marks/recover.ts";
import type { Volume } from "../config/settings.ts";
import type { FileId, KernelEvent } from "../events/event.ts";
import type { ByteString } from "../policy/bytes.ts";
import type { PolicyPart } from "../policy/policy.ts";
import type { DetectorName, DetectorSetting } from "../policy/detectors.ts";
import type { GuardName, GuardSetting, Permission } from "../policy/guards.ts";
import type { Finding } from "../policy/rule.ts";
import type { Counters } from "./kernel.ts";
import type { Distrusted } from "./package_check.ts";
import type { Skipped } from "./skipped.ts";

/** A zone of the configuration. */
export interface ZoneSetting {
  name: string;
  networks: { bytes: Uint8Array<ArrayBuffer>; prefix: number }[];
}

/** A guard as the kernel gets it. */
export interface EngineGuard {
  name: GuardName;
  permission: Permission;
  /** What it covers. */
  operations: readonly string[];
  /** Hashes of the executables that it doesn't hold for. */
  programs: readonly bigint[];
  /** Hashes of the files and folders that may be written all the same. */
  paths: readonly bigint[];
  mounts: readonly ByteString[];
}

/** A guard that is on, for `linprov status`. */
export interface GuardState {
  name: string;
  permission: Permission;
  operations: string[];
  /** What it did since the daemon started. */
  blocked: number;
  would_block: number;
  spared: number;
}

/** A detector as the kernel gets it. */
export interface EngineDetector extends Omit<DetectorSetting, "allow"> {
  /** Hashes of the executables that it is silent about. */
  programs: readonly bigint[];
}

/** A detector that is on, for `linprov status`. */
export interface DetectorState {
  name: DetectorName;
  /** What it told since the daemon started. */
  detected: number;
  /** What it saw and didn't tell, because it was too much at once. */
  dropped: number;
}

/** What may change while the daemon runs. */
export interface LiveSettings {
  mode: "observe" | "soak" | "enforce";
  markLocalhost: boolean;
  interpreters: readonly string[];
  zones: ZoneSetting[];
  proxyPorts: readonly number[];
  foreignVolumes: readonly Volume[];
  guards: readonly GuardSetting[];
  /** Nobody but linprov is to touch linprov; never unless it enforces. */
  protectSelf: boolean;
  detectors: readonly DetectorSetting[];
  /** New marks are told as well. */
  tellMarks: boolean;
  /** The SHA-256 of what is about to run is wanted, also when no rule names one. */
  hashes: boolean;
}

/**
 * The rules, as they stand in their files: the allowlist, those of `rules.d`, and what is permitted
 * until the daemon ends.
 */
export type PolicyText = readonly PolicyPart[];

/** Starts the kernel side. */
export interface StartRequest {
  type: "start";
  settings: LiveSettings;
  allowlist: PolicyText;
  /** The host's 16-byte key. */
  hashKey: Uint8Array;
  /** Path of the store. */
  store: string;
  /** This host has had a store. */
  hadStore: boolean;
  /** This host was set up: no state at all means that it is new, or was lost. */
  isSetUp: boolean;
  /** Thread-group id of this program. */
  pid: number;
  /** The number of a `WakeUp`: woken for each message behind this one. */
  wakeUp: number;
  /**
   * Milliseconds for which enforcement is on trial: then the kernel only observes, whatever has
   * become of the daemon. Null: for good.
   */
  trial: number | null;
}

/** Replaces the policy and the live settings. */
export interface ReloadRequest {
  type: "reload";
  id: number;
  settings: LiveSettings;
  allowlist: PolicyText;
}

/** Asks for the state. */
export interface StatusRequest {
  type: "status";
  id: number;
  /** Also how often each rule has matched, and what else takes a walk through all there is. */
  hits: boolean;
}

/** Asks for a page of the rules that have matched nothing. */
export interface UnusedRequest {
  type: "unused";
  id: number;
  /** Where the page begins: the last one's `next`; null is the first. */
  from: UnusedPlace | null;
}

/** Where a page of unused rules begins. */
export interface UnusedPlace {
  /** The policy that is listed: another one has other numbers. */
  policy: number;
  /** The number of the last rule before it. */
  after: number;
}

/** Some of the rules that have matched nothing, in the order of the policy. */
export interface UnusedPage {
  /** When the policy was loaded: what is new in it counts from there. Milliseconds since 1970. */
  loadedAt: number;
  /** Rules in force. */
  inForce: number;
  /** How many are unused. */
  unused: number;
  rules: Omit<RuleHits, "hits">[];
  /** Where the next page begins; null after the last. */
  next: UnusedPlace | null;
}

/** Ends the trial: enforcement stays. */
export interface ConfirmRequest {
  type: "confirm";
  id: number;
}

/** Asks for the SHA-256 of a file. */
export interface DigestRequest {
  type: "digest";
  id: number;
  path: ByteString;
  /** It must be this one. */
  file: FileId;
}

/** Events that wait to be told, at most, besides a batch: the main thread need not be as fast. */
export const UNTOLD_MAX = 2048;

/** Told events of which the worker learns at once; beyond {@linkcode UNTOLD_MAX} it would never. */
export const TOLD_AFTER = 256;

/** Events that were reported have been told: others may follow. */
export interface ToldRequest {
  type: "told";
  /** How many. */
  events: number;
}

/** Ends the worker. */
export interface StopRequest {
  type: "stop";
  /** What is attached stays, for the next daemon to take over. */
  keep: boolean;
}

/** To the worker. */
export type Request =
  | StartRequest
  | ReloadRequest
  | StatusRequest
  | UnusedRequest
  | ConfirmRequest
  | DigestRequest
  | ToldRequest
  | StopRequest;

/** How a start went. */
export interface Started {
  rules: Loaded;
  /** Marks of the store that the kernel got. */
  seeded: number;
  /** Marks, origins and programs of a daemon before this one were taken over. */
  tookOver: boolean;
  /** What is attached outlives the daemon. */
  pinned: boolean;
  /** The store was damaged or gone. */
  replaced: Replaced | null;
  /** The host's key had changed: the store's hashes were made anew. */
  rekeyed: boolean;
  /** There was no state: files may have marks of an earlier time. */
  isFirst: boolean;
  /** Nobody but linprov touches linprov. */
  isProtected: boolean;
}

/** How many rules are in force of how many there are. */
export interface Loaded {
  loaded: number;
  total: number;
  /** The files they stand in, besides the allowlist. */
  files: string[];
}

/** What has come of a reload. */
export interface Reloaded extends Loaded {
  /** Nobody but linprov touches linprov. */
  isProtected: boolean;
}

/** A policy that was refused: nothing of it holds. */
export interface Refused {
  errors: Finding[];
}

/** A rule and how often it has matched since the daemon started. */
export interface RuleHits {
  /** Its line in its file; null for one that stands in no file. */
  line: number | null;
  /** The file, where it isn't the allowlist itself. */
  file?: string;
  rule: ByteString;
  hits: number;
}

/** The state of the kernel side. */
export interface EngineStatus {
  mode: LiveSettings["mode"];
  rules: Loaded;
  /** The hooks with a program attached. */
  hooks: string[];
  /** What is attached outlives the daemon. */
  pinned: boolean;
  /** Rules that have matched, those that did most often first; a bounded number of them. */
  hits: RuleHits[];
  /** How many rules have matched. */
  used: number;
  /** The guards that are on. */
  guards: GuardState[];
  /** Nobody but linprov touches linprov. */
  isProtected: boolean;
  /** The detectors that are on. */
  detectors: DetectorState[];
  counters: Counters;
  skipped: Skipped;
  /** Marks that the kernel made and the store doesn't have: on their way, or lost with their event. */
  unpersisted: number;
  /** Marks in the store. */
  stored: number;
  /** Files that aren't what their packages say; counted on request only. */
  distrusted: number;
  /** What went wrong on the way to the store, by what; since the start. */
  losses: Record<string, number>;
}

/** The state of the daemon, for `linprov status`. */
export interface DaemonStatus extends EngineStatus {
  /** The daemon's version, which may not be that of the program that asks. */
  version: string;
  /** Log lines that could not be written. */
  logLost: number;
}

/** From the worker. */
export type Report =
  | { type: "running" } & Started
  | { type: "failed"; what: string; why: string; hint?: string; exit: number; log?: string }
  | { type: "refused"; id: number | null; errors: Finding[] }
  | { type: "kept"; id: number; what: string; why: string; log?: string }
  | { type: "reloaded"; id: number; rules: Reloaded }
  | { type: "confirmed"; id: number }
  | { type: "digest"; id: number; sha256: string | null; why: string }
  | { type: "restored"; looked: number; restored: number }
  | { type: "distrusted"; files: Distrusted[] }
  | { type: "events"; events: KernelEvent[] }
  | { type: "status"; id: number; status: EngineStatus }
  | { type: "unused"; id: number; page: UnusedPage | null }
  | { type: "losses"; losses: Record<string, number> }
  | { type: "stopped" };
