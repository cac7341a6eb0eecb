/**
 * Programs that the kernel skipped because they were running already on that CPU.
 *
 * @module
 */

import type { Program } from "../../ffi/program.ts";

/** How often, by the name of the program; those that never were are left out. */
export type Skipped = Record<string, number>;

/**
 * Asks the kernel.
 *
 * @param programs Loaded ones.
 * @throws {BpfError} When the kernel doesn't say.
 */
export function skippedOf(programs: Iterable<Program>): Skipped {
  const skipped: Skipped = {};
  for (const program of programs) {
    const misses = Number(program.info().recursionMisses);
    if (misses > 0) skipped[program.name] = misses;
  }
  return skipped;
}

/**
 * The sum.
 *
 * @param skipped By program.
 */
export function timesSkipped(skipped: Skipped): number {
  return Object.values(skipped).reduce((sum, times) => sum + times, 0);
}
