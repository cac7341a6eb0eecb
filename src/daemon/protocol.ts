/**
 * What the main thread and the worker that owns the kernel side say to each
 * other. Neither waits for the other: answers are messages too.
 *
 * @module
 */

import type { Volume } from "../config/settings.ts";
import type { KernelEvent } from "../events/event.ts";
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

/** Starts the kernel side. */
export interface StartRequest {
  type: "start";
  settings: LiveSettings;
  /** The allowlist, as it stands in its file. */
  allowlist: Uint8Array;
  /** The host's 16-byte key. */
  hashKey: Uint8Array;
  /** Path of the store. */
  store: string;
  /** Thread-group id of this program. */
  pid: number;
}

/** Replaces the policy and the live settings. */
export interface ReloadRequest {
  type: "reload";
  id: number;
  settings: LiveSettings;
  allowlist: Uint8Array;
}

/** Asks for the state. */
export interface StatusRequest {
  type: "status";
  id: number;
}

/** Ends enforcement and the worker. */
export interface StopRequest {
  type: "stop";
}

/** To the worker. */
export type Request = StartRequest | ReloadRequest | StatusRequest | StopRequest;

/** How many rules are in force of how many there are. */
export interface Loaded {
  loaded: number;
  total: number;
}

/** A policy that was refused: nothing of it holds. */
export interface Refused {
  errors: Finding[];
}

/** The state of the kernel side. */
export interface EngineStatus {
  mode: string;
  rules: Loaded;
  attached: number;
  counters: Counters;
  recursionMisses: number;
  /** Marks that wait for the store. */
  unpersisted: number;
  /** Marks in the store. */
  stored: number;
  /** What went wrong on the way to the store, by what; since the start. */
  losses: Record<string, number>;
}

/** From the worker. */
export type Report =
  | { type: "running"; rules: Loaded; seeded: number }
  | { type: "failed"; what: string; why: string; hint?: string; exit: number; log?: string }
  | { type: "refused"; id: number | null; errors: Finding[] }
  | { type: "reloaded"; id: number; rules: Loaded }
  | { type: "events"; events: KernelEvent[] }
  | { type: "status"; id: number; status: EngineStatus }
  | { type: "stopped" };
