/**
 * The table of commands: the one place that knows them all. The help, the
 * completions and the manual page are made from it, in this order.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { DOCTOR, RUN, STATUS } from "./specs/daemon.ts";
import { ALLOW, CHECK } from "./specs/files.ts";
import { COMPLETIONS, HELP, MAN } from "./specs/help.ts";

/** All commands. A new one is one entry here, its spec and its file. */
export const COMMANDS: readonly Command[] = [
  { ...RUN, load: () => import("./run.ts") },
  { ...ALLOW, load: () => import("./allow.ts") },
  { ...CHECK, load: () => import("./check.ts") },
  { ...STATUS, load: () => import("./status.ts") },
  { ...DOCTOR, load: () => import("./doctor.ts") },
  { ...COMPLETIONS, load: () => import("./completions.ts") },
  { ...MAN, load: () => import("./man.ts") },
  { ...HELP, load: () => import("./help.ts") },
];
