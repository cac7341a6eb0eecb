/**
 * The table of commands: the one place that knows them all. The help, the
 * completions and the manual page are made from it, in this order.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { CONFIRM, DOCTOR, RELEASE, RUN, SOAK, STATUS } from "./specs/daemon.ts";
import { ALLOW, CHECK, HASHDB_GREP, HASHDB_RESOLVE, SHOW, WHY } from "./specs/files.ts";
import { COMPLETIONS, HELP, MAN } from "./specs/help.ts";
import { NOTIFY, SETUP, UNINSTALL, UPGRADE } from "./specs/install.ts";

/** All commands. A new one is one entry here, its spec and its file. */
export const COMMANDS: readonly Command[] = [
  { ...RUN, load: () => import("./run.ts") },
  { ...CONFIRM, load: () => import("./confirm.ts") },
  { ...RELEASE, load: () => import("./release.ts") },
  { ...SOAK, load: () => import("./soak.ts") },
  { ...ALLOW, load: () => import("./allow.ts") },
  { ...SHOW, load: () => import("./show.ts") },
  { ...WHY, load: () => import("./why.ts") },
  { ...HASHDB_GREP, load: () => import("./hashdb_grep.ts") },
  { ...HASHDB_RESOLVE, load: () => import("./hashdb_resolve.ts") },
  { ...CHECK, load: () => import("./check.ts") },
  { ...STATUS, load: () => import("./status.ts") },
  { ...DOCTOR, load: () => import("./doctor.ts") },
  { ...NOTIFY, load: () => import("./notify.ts") },
  { ...SETUP, load: () => import("./setup.ts") },
  { ...UPGRADE, load: () => import("./upgrade.ts") },
  { ...UNINSTALL, load: () => import("./uninstall.ts") },
  { ...COMPLETIONS, load: () => import("./completions.ts") },
  { ...MAN, load: () => import("./man.ts") },
  { ...HELP, load: () => import("./help.ts") },
];
