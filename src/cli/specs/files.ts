/**
 * The commands about files, marks and rules: allow, show, why, hashdb, check.
 *
 * @module
 */

import type { CommandSpec, Flag } from "../command.ts";

/** Where the daemon's control socket is. */
export const SOCKET_FLAG: Flag = {
  name: "socket",
  kind: "value",
  value: "PATH",
  default: "/run/linprov/control.sock",
  help: "The daemon's control socket",
};

const JSON_FLAG: Flag = { name: "json", kind: "switch", help: "Print JSON" };

const HASH_DB: Flag = {
  name: "hash-db",
  kind: "value",
  value: "FILE",
  default: "/var/lib/linprov/store.db",
  help: "The audit store",
};

/** The configuration that tells where other files are and what zones there are. */
export const CONFIG: Flag = {
  name: "config",
  kind: "value",
  value: "FILE",
  env: "LINPROV_CONFIG",
  default: "/etc/linprov/config.toml",
  help: "The configuration; the default file may be missing",
};

/** `linprov allow`. */
export const ALLOW: CommandSpec = {
  name: "allow",
  summary: "Permit what was blocked",
  description: [
    "TOKEN stands at the end of the log line about the block: [allow: TOKEN]. The daemon adds " +
    "a rule for exactly that file and origin to the allowlist and prints it. A rule that the " +
    "kernel can't take, or that can't be written, changes nothing.",
  ],
  operands: [{ name: "TOKEN", help: "The token of the block, 8 or more hex digits" }],
  flags: [
    {
      name: "once",
      kind: "switch",
      help: "Only until the daemon restarts; never written to the allowlist",
    },
    {
      name: "content",
      kind: "switch",
      help: "These bytes, wherever they lie and whoever brought them: a rule over their SHA-256",
    },
    SOCKET_FLAG,
  ],
  examples: [
    { line: "linprov allow 3fa29c01", help: "Permit it for good" },
    { line: "linprov allow --once 3fa29c01", help: "Permit it until the daemon restarts" },
    { line: "linprov allow --content 3fa29c01", help: "Permit these bytes, under any name" },
  ],
  exits: [
    { code: 1, help: "The daemon knows no such token, or says why it can't permit it" },
    { code: 5, help: "No daemon answers" },
  ],
  sockets: true,
};

/** `linprov show`. */
export const SHOW: CommandSpec = {
  name: "show",
  summary: "Show the mark on a file",
  description: [
    "Who wrote it, from where, when, and through what it came. Of a folder everything that is " +
    "marked in it and below is shown.",
  ],
  operands: [{ name: "PATH", repeatable: true, help: "A file or folder" }],
  flags: [
    { name: "json", kind: "switch", help: "Print one JSON object per file, marked or not" },
    HASH_DB,
    CONFIG,
  ],
  exits: [{ code: 1, help: "A file can't be looked at" }],
};

/** `linprov why`. */
export const WHY: CommandSpec = {
  name: "why",
  summary: "Say whether a file would run now, and which rule decides",
  operands: [{ name: "PATH|TOKEN", help: "A file, or the token of a block" }],
  flags: [JSON_FLAG, SOCKET_FLAG, HASH_DB, CONFIG, {
    name: "allowlist",
    kind: "value",
    value: "FILE",
    default: "/etc/linprov/allowlist",
    help: "The rules",
  }],
  exits: [
    { code: 1, help: "It would be refused, or there is no such file or token" },
    { code: 3, help: "The configuration or the allowlist has an error" },
    { code: 5, help: "No daemon answers (for a token)" },
  ],
  sockets: true,
};

/** `linprov hashdb grep`. */
export const HASHDB_GREP: CommandSpec = {
  name: "hashdb grep",
  summary: "Search the audit store for paths",
  description: ["Prints HASH, a tab and PATH for every entry that matches."],
  operands: [{ name: "PATTERN", help: "A regular expression, as in JavaScript" }],
  flags: [
    {
      name: "fixed-strings",
      short: "F",
      kind: "switch",
      help: "PATTERN is searched for as it stands",
    },
    { name: "ignore-case", short: "i", kind: "switch", help: "Upper and lower case are the same" },
    HASH_DB,
    CONFIG,
  ],
  examples: [{
    line: "linprov hashdb grep /Downloads/",
    help: "What landed in a Downloads folder",
  }],
  exits: [{ code: 1, help: "Nothing matches" }],
};

/** `linprov hashdb resolve`. */
export const HASHDB_RESOLVE: CommandSpec = {
  name: "hashdb resolve",
  summary: "Say what a hash stands for",
  description: ["Prints HASH, a tab and PATH for every hash that is in the audit store."],
  operands: [{ name: "HASH", repeatable: true, help: "16 hex digits, as in marks and JSON logs" }],
  flags: [HASH_DB, CONFIG],
  exits: [{ code: 1, help: "A hash is not in the store" }],
};

/** `linprov check`. */
export const CHECK: CommandSpec = {
  name: "check",
  summary: "Look for mistakes in an allowlist",
  description: [
    "Prints FILE:LINE:COLUMN and what is wrong: lines that can't be read, and rules that never " +
    "decide anything, because they are duplicates, expired, or covered by others.",
    "Without FILE it reads what the daemon reads: the allowlist of the configuration, and the " +
    "files rules.d/*.allow beside it.",
  ],
  operands: [{
    name: "FILE",
    optional: true,
    help: "A file with rules, - for standard input; the whole policy when left out",
  }],
  flags: [
    {
      name: "strict",
      kind: "switch",
      help: "Warnings count as errors, and so do unused rules",
    },
    {
      name: "unused",
      kind: "switch",
      help: "Ask the daemon instead, and list the rules that nothing has matched since it started",
    },
    SOCKET_FLAG,
    CONFIG,
  ],
  examples: [{
    line: "linprov check new-rules && cp new-rules /etc/linprov/allowlist",
    help: "Install only what is right",
  }, {
    line: "linprov check --unused",
    help: "List what can go, after a while: rules of soak are marked as such",
  }],
  exits: [
    { code: 1, help: "The allowlist has errors" },
    { code: 5, help: "No daemon answers (with --unused)" },
  ],
  sockets: true,
};
