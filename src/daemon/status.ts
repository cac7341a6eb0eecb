/**
 * The state of a daemon, as `linprov status --json` prints it: names and types
 * are documented in docs/events.md.
 *
 * @module
 */

import { decodeText } from "../policy/bytes.ts";
import type { SelfWhat } from "../events/event.ts";
import type { Settings } from "../config/settings.ts";
import { VERSION } from "../version.ts";
import { type Losses, lossesOf, openDecisions } from "./losses.ts";
import type { DetectorState, EngineStatus, GuardState } from "./protocol.ts";

/** The state of a daemon. */
export interface DaemonStatus {
  version: string;
  /** The running kernel's release. */
  kernel: string;
  pid: number;
  /** When the daemon started, RFC 3339. */
  since: string;
  mode: Settings["mode"];
  /** Seconds until an enforcement on trial falls back; null when nothing is on trial. */
  trial_ends_in: number | null;
  /** Boots in a row that failed under enforcement; from two on linprov observes. */
  failed_boots: number;
  /** The hooks with a program attached. */
  hooks: string[];
  /** What is attached outlives the daemon. */
  pinned: boolean;
  rules: {
    allowlist: string;
    /** In force; those whose time is over are not. */
    loaded: number;
    total: number;
    /** The files they stand in, besides the allowlist. */
    files: string[];
    /** How many have matched since the daemon started. */
    used: number;
    /** The most used ones; `file` is null for those of the allowlist, and those of no file. */
    hits: { file: string | null; line: number | null; rule: string; hits: number }[];
  };
  marks: {
    /** In the store. */
    stored: number;
    /** Made by the kernel, and not in the store. */
    unpersisted: number;
    /** Files marked since the daemon started. */
    made: number;
    /** Marked files that became local again. */
    became_local: number;
    /** Files that aren't what their packages say, and are there. */
    distrusted: number;
    /** Files that root wrote for marked code: no rule over their writer holds. */
    unknown_writer: number;
  };
  /** What was decided about marked bytes since the daemon started. */
  decisions: { allowed: number; blocked: number; would_block: number; spared: number };
  /** The guards that are on, and what they did since the daemon started. */
  guards: GuardState[];
  /** The detectors that are on, and what they saw since the daemon started. */
  detectors: DetectorState[];
  /** Blocks that can be permitted by their token. */
  tokens: number;
  /** Attempts on linprov's attribute that were refused. */
  guarded: number;
  /** Own protection: whether it is on, and attempts that were refused since the daemon started. */
  self: { on: boolean; refused: Record<SelfWhat, number> };
  /** Clients of the control socket. */
  clients: number;
  /** Decisions that were left open: spared executions, and what may have run undecided. */
  open_decisions: number;
  /** What was lost, by name; empty when nothing was. */
  losses: Losses;
}

/** What the daemon knows besides what the kernel side says. */
export interface DaemonFacts {
  allowlist: string;
  started: number;
  trialEnds: number | null;
  failedBoots: number;
  tokens: number;
  clients: number;
  /** What this thread lost. */
  losses: Losses;
}

/**
 * Puts the state together.
 *
 * @param engine What the kernel side says.
 * @param facts What the daemon knows.
 * @returns The state.
 */
export function describeDaemon(engine: EngineStatus, facts: DaemonFacts): DaemonStatus {
  const { counters } = engine;
  const count = (name: string) => counters[name] ?? 0;
  const own = Object.fromEntries(Object.entries(facts.losses).filter(([, lost]) => lost > 0));
  const losses = { ...lossesOf(engine), ...own };
  const { trialEnds } = facts;
  return {
    version: VERSION,
    kernel: Deno.osRelease(),
    pid: Deno.pid,
    since: new Date(facts.started).toISOString(),
    mode: engine.mode,
    trial_ends_in: trialEnds && Math.max(0, Math.ceil((trialEnds - Date.now()) / 1000)),
    failed_boots: facts.failedBoots,
    hooks: engine.hooks,
    pinned: engine.pinned,
    rules: {
      allowlist: facts.allowlist,
      ...engine.rules,
      used: engine.used,
      hits: engine.hits.map(({ file = null, line, rule, hits }) => ({
        file,
        line,
        rule: decodeText(rule),
        hits,
      })),
    },
    marks: {
      stored: engine.stored,
      unpersisted: engine.unpersisted,
      made: count("marks"),
      became_local: count("local"),
      distrusted: engine.distrusted,
      unknown_writer: count("writers_unknown"),
    },
    decisions: {
      allowed: count("allowed"),
      blocked: count("blocked"),
      would_block: count("would_block"),
      spared: count("spared"),
    },
    guards: engine.guards,
    detectors: engine.detectors,
    tokens: facts.tokens,
    guarded: count("guarded"),
    self: {
      on: engine.isProtected,
      refused: {
        state: count("self_state"),
        pin: count("self_pin"),
        map: count("self_map"),
        program: count("self_program"),
        process: count("self_process"),
      },
    },
    clients: facts.clients,
    open_decisions: openDecisions(counters, losses),
    losses,
  };
}
