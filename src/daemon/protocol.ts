/**
 * What the main thread and the worker that owns the kernel side say to each
 * other. Neither waits for the other: answers are messages too.
 *
 * @module
 */

import type { Replaced } from "../marks/recover.ts";
import type { Volume } from "../config/settings.ts";
import type { KernelEvent } from "../events/event.ts";
import type { ByteString } from "../policy/bytes.ts";
import type { Finding } from "../policy/rule.ts";
import type { Counters } from "./kernel.ts";

/** A zone of the configuration. */
export interface ZoneSetting {
  name: string;
  networks: { bytes: Uint8Array<ArrayBuffer>; prefix: number }[];
}

/** What may change while the daemon runs. */
export interface LiveSettings {
  mode: "observe" | "soak" | "enforce";
  markLocalhost: boolean;
  interpreters: readonly string[];
  zones: ZoneSetting[];
  proxyPorts: readonly number[];
  foreignVolumes: readonly Volume[];
}

/** The rules, as they stand in their file. */
export interface PolicyText {
  /** The file, and after it the rules that are permitted until the daemon ends. */
  text: Uint8Array;
  /** How many bytes of it are the file's. */
  fileSize: number;
}

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
  /** Thread-group id of this program. */
  pid: number;
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
  /** Also how often each rule has matched, which takes a walk through all of them. */
  hits: boolean;
}

/** Ends the trial: enforcement stays. */
export interface ConfirmRequest {
  type: "confirm";
  id: number;
}

/** Ends the worker. */
export interface StopRequest {
  type: "stop";
  /** What is attached stays, for the next daemon to take over. */
  keep: boolean;
}

/** To the worker. */
export type Request = StartRequest | ReloadRequest | StatusRequest | ConfirmRequest | StopRequest;

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
}

/** How many rules are in force of how many there are. */
export interface Loaded {
  loaded: number;
  total: number;
}

/** A policy that was refused: nothing of it holds. */
export interface Refused {
  errors: Finding[];
}

/** A rule and how often it has matched since the daemon started. */
export interface RuleHits {
  /** Its line in the allowlist; null for one that stands in no file. */
  line: number | null;
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
  counters: Counters;
  recursionMisses: number;
  /** Marks that the kernel made and the store doesn't have: on their way, or lost with their event. */
  unpersisted: number;
  /** Marks in the store. */
  stored: number;
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
  | { type: "reloaded"; id: number; rules: Loaded }
  | { type: "confirmed"; id: number }
  | { type: "restored"; looked: number; restored: number }
  | { type: "events"; events: KernelEvent[] }
  | { type: "status"; id: number; status: EngineStatus }
  | { type: "losses"; losses: Record<string, number> }
  | { type: "stopped" };
