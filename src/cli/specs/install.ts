/**
 * The commands about the installation and the desktop: setup, upgrade,
 * uninstall, notify.
 *
 * @module
 */

import type { CommandSpec, Flag } from "../command.ts";
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
    "Puts the binary to /usr/local/bin/linprov, a configuration and an allowlist to " +
    "/etc/linprov, and a systemd unit. What is there already stays as it is, so it can be run " +
    "again.",
  ],
  flags: INSTALL_FLAGS,
};

/** `linprov upgrade`. */
export const UPGRADE: CommandSpec = {
  name: "upgrade",
  summary: "Replace the installed linprov by this one",
  flags: INSTALL_FLAGS,
};

/** `linprov uninstall`. */
export const UNINSTALL: CommandSpec = {
  name: "uninstall",
  summary: "Remove linprov from this host",
  flags: INSTALL_FLAGS,
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
