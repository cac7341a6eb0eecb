/**
 * Whether the running kernel can tell what detectors are to tell.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import type { Btf } from "../host/btf.ts";
import { hasHook, type Probed, probeOptional, readKernelBtf } from "../host/probe.ts";
import { DETECTOR_NAMES, type DetectorSetting } from "../policy/detectors.ts";
import { DETECTOR_PROGRAMS, type DetectorProgram } from "./detector_table.ts";

/**
 * Fails when a detector is to be on that this kernel has no hooks for.
 *
 * @param detectors All that are to be on.
 * @param readBtf Reads the kernel's types.
 * @throws {UserError} With exit code 4, naming the detector.
 */
export function requireDetectors(
  detectors: readonly DetectorSetting[],
  readBtf: () => Btf = readKernelBtf,
): void {
  if (detectors.length === 0) return;
  const btf = readBtf();
  for (const detector of detectors) {
    const missing = missingOf(btf, DETECTOR_PROGRAMS[detector.name]);
    if (missing.length === 0) continue;
    const { name } = detector;
    throw new UserError(`cannot detect ${name}`, `this kernel has no ${missing.join(", ")}`, {
      exit: ExitCode.host,
      hint: `leave it out: no [detect.${name}]`,
    });
  }
}

/** What `linprov doctor` says of the detectors: enforcement works without them. */
export function probeDetectors(readBtf: () => Btf = readKernelBtf): Probed {
  return probeOptional(
    "detectors",
    "has no hooks for",
    readBtf,
    (btf) => DETECTOR_NAMES.filter((name) => missingOf(btf, DETECTOR_PROGRAMS[name]).length > 0),
  );
}

function missingOf(btf: Btf, programs: readonly DetectorProgram[]): string[] {
  return programs.map(({ section }) => section).filter((section) => !hasHook(btf, section));
}
