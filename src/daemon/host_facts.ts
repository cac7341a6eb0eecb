/**
 * What the kernel programs know the host by: the namespaces of PID 1 and the
 * root filesystem.
 *
 * @module
 */

import type { LpConfig } from "../../ffi/layout.gen.ts";
import { openFile, readFile, status } from "../../ffi/libc.ts";
import { rootDevice } from "../host/mounts.ts";
import { bytesToByteString } from "../policy/bytes.ts";

/**
 * Reads them.
 *
 * @returns The fields of the configuration that they are.
 * @throws {BpfError} When PID 1's namespaces may not be looked at.
 */
export function hostFacts(): Partial<LpConfig> {
  return {
    hostMntNs: namespace("mnt"),
    hostNetNs: namespace("net"),
    hostIpcNs: namespace("ipc"),
    hostUtsNs: namespace("uts"),
    hostCgroupNs: namespace("cgroup"),
    hostRootDev: rootDevice(bytesToByteString(readFile("/proc/1/mountinfo"))),
  };
}

/** The inode number of one of PID 1's namespaces, as the kernel's ns.inum has it. */
function namespace(kind: string): number {
  using file = openFile(`/proc/1/ns/${kind}`);
  return Number(status(file).ino);
}
