/**
 * The commands about the installation and the desktop: setup, upgrade,
 * uninstall, notify.
 *
 * @module
 */

import type { CommandSpec, Flag } from "../command.ts";
import { EXAMPLE_NAMES } from "../../host/install/example_names.ts";
import { SOCKET_FLAG } from "./files.ts";

const INSTALL_FLAGS: readonly Flag[] = [
  { name: "dry-run", kind: "switch", help: "Say what would be done, and do nothing" },
  { name: "yes", short: "y", kind: "switch", help: "Ask nothing" },
];

/** `linprov setup`. */
export const SETUP: CommandSpec = {
  name: "setup",
  summary: "Install linprov on this host",
  description: [
    "Installs the program as /usr/local/bin/linprov, a configuration and an allowlist in " +
    "/etc/linprov, a systemd unit, completions and a manual page, and starts the service, which " +
    "observes until the configuration says otherwise. What is there already stays as it is, so " +
    "it can be run again.",
    "The allowlist permits what the package manager installs. Rules for a kind of machine can " +
    "follow; all examples are installed in /usr/local/share/linprov/examples. On a terminal " +
    "setup asks which one is wanted.",
  ],
  flags: [
    ...INSTALL_FLAGS,
    {
      name: "template",
      kind: "value",
      value: "NAME",
      choices: EXAMPLE_NAMES,
      help: "The example that a new allowlist begins with; none unless one is named",
    },
  ],
  exits: [{ code: 4, help: "A package owns the files, or this host can't run linprov yet" }],
  sockets: true,
};

/** `linprov upgrade`. */
export const UPGRADE: CommandSpec = {
  name: "upgrade",
  summary: "Replace the installed linprov by another one",
  description: [
    "FILE is the new linprov; without it, the one that is called. Under enforcement a downloaded " +
    "linprov is refused like any other download: call the installed one and name the new one. " +
    "That root does so is the approval: the running daemon makes a copy without a mark.",
    "The copy is tried before it replaces anything, and the old one comes back when the service " +
    "doesn't start with it.",
  ],
  operands: [{ name: "FILE", optional: true, help: "The new linprov" }],
  flags: INSTALL_FLAGS,
  examples: [{ line: "linprov upgrade ./linprov", help: "Install what was downloaded" }],
  exits: [{ code: 4, help: "It doesn't work here, and the old one is in place" }],
  sockets: true,
};

/** `linprov uninstall`. */
export const UNINSTALL: CommandSpec = {
  name: "uninstall",
  summary: "Remove linprov from this host",
  description: [
    "Ends the service, and removes what setup and the daemon made: also the configuration, the " +
    "allowlist, the marks on files and the audit store, unless it is told to keep them.",
  ],
  flags: [
    ...INSTALL_FLAGS,
    {
      name: "keep-state",
      kind: "switch",
      help: "Keep /etc/linprov, /var/lib/linprov and the marks on files",
    },
  ],
  sockets: true,
};

/** `linprov notify`. */
export const NOTIFY: CommandSpec = {
  name: "notify",
  summary: "Show a desktop notification per block",
  description: [
    "Runs in a user's session, for members of the group linprov, and offers Allow once and " +
    'Allow always. The daemon needs notifications = "group".',
  ],
  flags: [SOCKET_FLAG],
  sockets: true,
};
