/**
 * The settings of a daemon: what they are called, what they may be, and what
 * holds without them.
 *
 * @module
 */

import type { DimName } from "../policy/dims.ts";
import type { DetectorSetting } from "../policy/detectors.ts";
import type { GuardSetting } from "../policy/guards.ts";
import type { Network } from "./networks.ts";

/** What happens to a marked file that no rule permits. */
export type Mode = "observe" | "soak" | "enforce";

/** How severe a log line is; the order is the order of severity. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

/** One of {@linkcode LOG_LEVELS}. */
export type LogLevel = typeof LOG_LEVELS[number];

/** A named set of networks. */
export interface Zone {
  /** As rules call it in `origin_zone=`. */
  name: string;
  /** What belongs to it. */
  networks: readonly Network[];
}

/** Everything a daemon needs to know, complete and checked. */
export interface Settings {
  /** What happens to a marked file that no rule permits. */
  mode: Mode;
  /** The file with the rules. */
  allowlist: string;
  /** The dimensions of proposed rules, in canonical order. */
  soak: readonly DimName[];
  /** Loopback counts as the network. */
  markLocalhost: boolean;
  /** Executables whose scripts are checked: base names or full paths, `*` for any ending. */
  interpreters: readonly string[];
  /** The file of the audit store. */
  hashDb: string;
  /** The least severe level that is logged. */
  logLevel: LogLevel;
  /** The file the log is appended to; null is standard error. */
  logFile: string | null;
  /** What a log line looks like. */
  logFormat: "text" | "json";
  /** Who besides root may use the control socket. */
  notifications: "off" | "group";
  /** Loopback ports behind which a proxy stands: what comes from them counts as the network. */
  proxyPorts: readonly number[];
  /** Kinds of volumes whose files are of zone `foreign`. */
  foreignVolumes: readonly Volume[];
  /** The SHA-256 of what is executed is told even when no rule names one. */
  hashes: boolean;
  /** Nobody but linprov touches linprov, while it enforces. */
  protectSelf: boolean;
  /** Named networks, in the order of the file. */
  zones: readonly Zone[];
  /** Protections beside the marks that are on. */
  guards: readonly GuardSetting[];
  /** What is told of what programs do. */
  detectors: readonly DetectorSetting[];
}

/**
 * Interpreters that run what a file says. Versions and flavours are covered by
 * `*`; what reads a program from a file it is merely given, such as make and
 * awk, is in it too.
 */
const INTERPRETERS: readonly string[] = [
  ...["sh", "ash", "bash", "dash", "busybox*", "ksh*", "mksh", "rbash", "zsh*", "fish", "csh"],
  ...["tcsh", "pwsh", "python*", "pypy*", "perl*", "ruby*", "node", "nodejs", "deno", "bun"],
  ...["php*", "lua*", "java", "tclsh*", "wish*", "expect", "guile*", "gawk", "mawk", "nawk"],
  ...["original-awk", "make", "gmake", "ocaml", "Rscript", "R", "julia", "groovy"],
];

/**
 * Kinds of volumes whose files somebody else may have written unseen: network
 * filesystems, FUSE, removable media, and mounts of a user namespace.
 */
export const VOLUMES = ["network", "fuse", "removable", "userns"] as const;

/** One of {@linkcode VOLUMES}. */
export type Volume = typeof VOLUMES[number];

/** What holds when nothing is said. */
export const DEFAULTS: Readonly<Settings> = {
  mode: "observe",
  allowlist: "/etc/linprov/allowlist",
  // A rule for one file from one program: it permits least.
  soak: ["target_filename", "creator_process"],
  markLocalhost: false,
  interpreters: INTERPRETERS,
  hashDb: "/var/lib/linprov/store.db",
  logLevel: "info",
  logFile: null,
  logFormat: "text",
  notifications: "off",
  proxyPorts: [],
  foreignVolumes: VOLUMES,
  hashes: false,
  protectSelf: true,
  zones: [],
  guards: [],
  detectors: [],
};

/** The configuration file that may be missing. */
export const DEFAULT_CONFIG = "/etc/linprov/config.toml";
