/**
 * What a daemon that is gone has left in force also holds for the next one: a
 * guard wouldn't let it load its programs or write its log. So it becomes the
 * daemon of those programs before it does anything else; own protection lets it,
 * since it runs linprov's program.
 *
 * @module
 */

import { isUnderstood, pinnedConfigs } from "./pinned_configs.ts";
import { allPins, PIN_FOLDER } from "./pins.ts";
import { SELF_PREFIX } from "./self_protection.ts";
import { startOf } from "./trial.ts";

/**
 * Takes the place of a daemon that is gone. Where its tables can't be understood, because they are
 * another version's, its guards and its own protection end; the gate stays.
 *
 * @param pid This process.
 * @param root The folder of all pins.
 * @throws {BpfError} When the pins may not be used.
 */
export function claim(pid: number, root: string = PIN_FOLDER): void {
  const found = allPins(root);
  for (const pins of found) {
    if (isUnderstood(pins)) continue;
    for (const prefix of ["guard_", SELF_PREFIX]) pins.removeLinks(prefix);
  }
  for (const { config, change } of pinnedConfigs(found)) {
    if (isRunning(config.daemon, config.daemonStarted)) continue;
    change({ daemon: pid, daemonStarted: BigInt(startOf(pid) ?? 0) });
  }
}

/**
 * Whether a process is still there, and no other that got its number.
 *
 * @param pid Its number; 0 is none.
 * @param started Clock ticks from boot to its start.
 */
export function isRunning(pid: number, started: bigint): boolean {
  return pid !== 0 && startOf(pid) === Number(started);
}
