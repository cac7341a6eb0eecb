/**
 * The commands around the daemon: run, soak, confirm, status, doctor.
 *
 * @module
 */

import { DETECTOR_NAMES } from "../../policy/detectors.ts";
import { GUARD_NAMES } from "../../policy/guards.ts";
import type { CommandSpec, Flag } from "../command.ts";
import { CONFIG } from "./files.ts";
import { SOCKET_FLAG } from "./files.ts";

const MODE: Flag = {
  name: "mode",
  kind: "value",
  value: "MODE",
  choices: ["observe", "soak", "enforce"],
  default: "observe",
  help: "What happens to marked files that no rule permits: observe logs them, soak also " +
    "proposes rules, enforce refuses them",
};

const ALLOWLIST: Flag = {
  name: "allowlist",
  kind: "value",
  value: "FILE",
  default: "/etc/linprov/allowlist",
  help: "The rules",
};

/** Flags that say what counts as coming from the network and what is checked. */
const SCOPE: readonly Flag[] = [
  {
    name: "mark-localhost",
    kind: "bool",
    value: "BOOL",
    env: "LINPROV_MARK_LOCALHOST",
    default: "false",
    help: "Whether loopback counts as the network",
  },
  {
    name: "interpreters",
    kind: "value",
    value: "A,B",
    help: "The interpreters whose scripts are checked, by executable name, * for any ending; " +
      "'' switches script checks off",
  },
  {
    name: "hash-db",
    kind: "value",
    value: "FILE",
    default: "/var/lib/linprov/store.db",
    help: "The audit store, which also keeps the marks",
  },
];

/** Flags that say what is logged where. */
const LOGGING: readonly Flag[] = [
  {
    name: "log-level",
    kind: "value",
    value: "LEVEL",
    choices: ["trace", "debug", "info", "warn", "error"],
    default: "info",
    help: "The least severe level that is logged; debug also shows where errors come from",
  },
  {
    name: "log-file",
    kind: "value",
    value: "FILE",
    help: "Append the log to this file instead of standard error; SIGHUP reopens it",
  },
  {
    name: "log-format",
    kind: "value",
    value: "FORMAT",
    choices: ["text", "json"],
    default: "text",
    help: "One line of text, or one JSON object, per event",
  },
];

/** `linprov run`. */
export const RUN: CommandSpec = {
  name: "run",
  summary: "Run the daemon",
  description: [
    "Marks what comes from the network and decides, whenever marked bytes are run as code, " +
    "whether the allowlist permits it. A flag wins over the environment, the environment over " +
    "the configuration file, and that over the defaults.",
    "SIGHUP reloads the allowlist and the settings that can change while it runs; SIGTERM and " +
    "SIGINT end it, and enforcement with it.",
  ],
  flags: [
    CONFIG,
    MODE,
    ALLOWLIST,
    {
      name: "soak",
      kind: "value",
      value: "DIM,DIM",
      help: "The dimensions of the rules that soak proposes",
    },
    ...SCOPE,
    ...LOGGING,
    {
      name: "guard",
      kind: "value",
      value: "NAME=PERMISSION",
      repeatable: true,
      help: `A protection beside the marks: ${GUARD_NAMES.join(", ")}; none logs, restrict ` +
        "permits it to processes of the host, deny to nobody",
    },
    {
      name: "protect-self",
      kind: "bool",
      value: "BOOL",
      default: "true",
      help: "Whether nobody but linprov, not even root, touches its state, its maps and its " +
        "process while it enforces",
    },
    {
      name: "detect",
      kind: "value",
      value: "NAME",
      repeatable: true,
      choices: DETECTOR_NAMES,
      help: "Tell of what programs do, and refuse nothing: exec, a running executable that is " +
        "replaced, writes to the memory of others, memory made executable",
    },
    {
      name: "notifications",
      kind: "value",
      value: "WHO",
      choices: ["off", "group"],
      default: "off",
      help: "With group, members of the group linprov may see blocks and permit them",
    },
    {
      name: "try",
      kind: "value",
      value: "DURATION",
      help: "Enforce for that long (10m), then fall back to observe, unless `linprov confirm` " +
        "comes from another session",
    },
  ],
  examples: [
    { line: "linprov run --mode observe", help: "See what enforcement would refuse" },
    { line: "linprov run --mode enforce --try 10m", help: "Enforce, with a way back" },
  ],
  exits: [
    { code: 3, help: "The configuration or the allowlist has an error" },
    { code: 4, help: "The kernel or the host can't; `linprov doctor` says what is missing" },
  ],
  sockets: true,
};

/** `linprov soak`. */
export const SOAK: CommandSpec = {
  name: "soak",
  summary: "Watch for a while and propose rules",
  description: [
    "Runs like `linprov run --mode soak`: nothing is refused. At the end, or at Ctrl-C, it " +
    "prints the rules that would permit what it saw, how often each was hit, and how to enforce " +
    "them.",
  ],
  flags: [
    {
      name: "dims",
      kind: "value",
      value: "DIM,DIM",
      help: "The dimensions of the proposed rules",
    },
    {
      name: "duration",
      kind: "value",
      value: "DURATION",
      help: "End after that long (30m, 2h, 1h30m) instead of at Ctrl-C",
    },
    {
      name: "output",
      kind: "value",
      value: "FILE",
      help: "Write the proposed rules to this file too",
    },
    CONFIG,
    ALLOWLIST,
    ...SCOPE,
    ...LOGGING,
  ],
  examples: [
    {
      line: "linprov soak --dims comm,landing_folder --duration 30m --output proposed",
      help: "Learn for half an hour",
    },
  ],
  sockets: true,
};

/** `linprov confirm`. */
export const CONFIRM: CommandSpec = {
  name: "confirm",
  summary: "Keep an enforcement that is on trial, or begin it again after failed boots",
  description: [
    "It must come from a session other than the one that started the daemon: that you could " +
    "open one is the proof that nobody is locked out. After two boots that failed, linprov only " +
    "observes; then any session of root's will do.",
  ],
  flags: [SOCKET_FLAG],
  exits: [
    { code: 1, help: "Nothing is to be confirmed, or this session is older than the trial" },
    { code: 5, help: "No daemon answers" },
  ],
  sockets: true,
};

/** `linprov release`. */
export const RELEASE: CommandSpec = {
  name: "release",
  summary: "End what a daemon that is gone has left in force",
  description: [
    "A daemon that was killed leaves what it enforced. This ends it, and linprov's own protection " +
    "with it: what is downloaded afterwards isn't marked, and marked files run. While a daemon " +
    "runs it refuses: systemctl stop linprov, or SIGTERM, ends that one.",
  ],
  exits: [
    { code: 1, help: "A daemon runs" },
    { code: 4, help: "It isn't root who asks, or the kernel refuses" },
  ],
  sockets: true,
};

/** `linprov status`. */
export const STATUS: CommandSpec = {
  name: "status",
  summary: "Show the running daemon's state, counters and losses",
  flags: [SOCKET_FLAG, { name: "json", kind: "switch", help: "Print one JSON object" }],
  exits: [{ code: 5, help: "No daemon answers" }],
  sockets: true,
};

/** `linprov doctor`. */
export const DOCTOR: CommandSpec = {
  name: "doctor",
  summary: "Say what this host lacks and how to fix it",
  flags: [{ name: "json", kind: "switch", help: "Print one JSON object" }],
  exits: [
    { code: 1, help: "Enforcement works, but something was lost: a damaged store, marks, events" },
    { code: 4, help: "Enforcement can't work on this host" },
  ],
  sockets: true,
};
