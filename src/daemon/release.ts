/**
 * Ending what a daemon that is gone has left in force.
 *
 * @module
 */

import { LpMode } from "../../ffi/layout.gen.ts";
import { isRunning } from "./claim.ts";
import { KeptPrograms } from "./kept_programs.ts";
import { pinnedConfigs } from "./pinned_configs.ts";
import { allPins, PIN_FOLDER, removeAllPins } from "./pins.ts";

/**
 * The daemon of what is pinned.
 *
 * @param root The folder of all pins.
 * @returns Its process id; null when none runs, or only one of a version with other tables, which the
 * control socket tells of.
 * @throws {BpfError} When the pins may not be used.
 */
export function runningDaemon(root: string = PIN_FOLDER): number | null {
  for (const { config: { daemon, daemonStarted } } of pinnedConfigs(allPins(root))) {
    if (isRunning(daemon, daemonStarted)) return daemon;
  }
  return null;
}

/**
 * Ends everything that is pinned. Where no daemon runs, nothing is marked or refused afterwards.
 *
 * @param root The folder of all pins.
 * @returns The programs that were attached.
 * @throws {BpfError} When it may not.
 */
export async function release(root: string = PIN_FOLDER): Promise<string[]> {
  const found = allPins(root);
  const programs = found.flatMap(({ programs }) => programs);
  // The kernel ends a program some time after its pin: nothing is refused from now on.
  for (const { change } of pinnedConfigs(found)) change({ mode: LpMode.LP_MODE_OBSERVE });
  if (found.length > 0) removeAllPins(root);
  await new KeptPrograms().sweepPatiently();
  return programs;
}
