/**
 * Measures work by the processor time it takes, for tests only: on a busy
 * machine the clock on the wall tells more about the neighbours.
 *
 * @module
 */

import { cpuUsage } from "node:process";

/** Starts to measure; the returned function tells the milliseconds since then. */
export function cpuTimer(): () => number {
  const before = cpuUsage();
  return () => {
    const { user, system } = cpuUsage(before);
    return (user + system) / 1000;
  };
}
