/**
 * Which boot this is, and the clock that the kernel side reckons in.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";

/** The kernel's id of this boot. */
export function bootId(): string {
  return new TextDecoder().decode(readFile("/proc/sys/kernel/random/boot_id")).trim();
}

/** Seconds since boot, in hundredths; suspended time counts, as in bpf_ktime_get_boot_ns(). */
export function secondsSinceBoot(): number {
  return Number(new TextDecoder().decode(readFile("/proc/uptime")).split(" ")[0]);
}

/** The same in nanoseconds, as the kernel side has it in events and in its configuration. */
export function nanosecondsSinceBoot(): bigint {
  return BigInt(Math.floor(secondsSinceBoot() * 1e9));
}
