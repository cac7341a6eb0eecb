/**
 * Detectors in the kernel. Each that is on has an object of its own, as guards
 * have. Nothing of them is pinned: they refuse nothing, and end with the daemon
 * that would tell what they see.
 *
 * @module
 */

import {
  lpDetector,
  lpDetectorCounts,
  lpDetectorProgram,
  lpVariableName,
  readLpDetectorCounts,
  writeLpDetector,
  writeLpDetectorProgram,
} from "../../ffi/layout.gen.ts";
import type { PathHasher } from "../marks/path_hash.ts";
import { type ByteString, byteStringToBytes } from "../policy/bytes.ts";
import { DETECTOR_NAMES, type DetectorName, type DetectorSetting } from "../policy/detectors.ts";
import { DETECTOR_PROGRAMS } from "./detector_table.ts";
import { type Prepared, ProgramSets } from "./program_sets.ts";
import type { DetectorState, EngineDetector } from "./protocol.ts";
import type { SideHost } from "./side_object.ts";
import { type Element, pinned, u32 } from "./tables.ts";

/** Bits of `lp_detector.flags`; see bpf/wire.h. */
const FLAGS = { on: 1, arguments: 2, environment: 4 } as const;

/** Detections that are told in one second at most; the others are counted. */
const PER_SECOND: Readonly<Record<DetectorName, number>> = {
  "exec": 1000,
  "replaced": 100,
  "proc-mem": 100,
  "mprotect": 100,
};

/** What detectors have in common with everything else. */
export interface DetectorHost extends SideHost {
  /** Makes a map hold these elements and no others. */
  replace: (map: string, elements: Element[]) => void;
}

/** The detectors of one run. */
export class DetectorPrograms extends ProgramSets<DetectorName> {
  readonly #host: DetectorHost;
  #set: readonly EngineDetector[] = [];
  #generation = 0;

  /** @param host What they have in common with everything else. */
  constructor(host: DetectorHost) {
    super({ ...host, pins: null });
    this.#host = host;
  }

  /**
   * Turns detectors on, off, or sets them differently.
   *
   * @param detectors All that are to be on.
   * @throws {BpfError} When the kernel refuses; the detectors stay as they were.
   */
  prepare(detectors: readonly EngineDetector[]): Prepared {
    const change = this.change(
      new Map(detectors.map(({ name }) => {
        return [name, DETECTOR_PROGRAMS[name].map(({ program }) => program)];
      })),
    );
    const commit = () => {
      this.#write(detectors);
      change.commit();
      this.#set = detectors;
    };
    return { ...change, commit };
  }

  /** What each detector that is on saw so far. */
  state(): DetectorState[] {
    const map = this.#host.main.map("detector_counts");
    const value = pinned(lpDetectorCounts.size);
    return this.#set.map(({ name }) => {
      map.lookup(u32(DETECTOR_NAMES.indexOf(name)), value);
      const { detected, dropped } = readLpDetectorCounts(new DataView(value.buffer), 0);
      return { name, detected: Number(detected), dropped: Number(dropped) + this.misses(name) };
    });
  }

  #write(detectors: readonly EngineDetector[]): void {
    const programs: Element[] = detectors.flatMap(({ name, programs }) =>
      programs.map((exe): Element => {
        const key = pinned(lpDetectorProgram.size);
        const detector = DETECTOR_NAMES.indexOf(name);
        writeLpDetectorProgram(new DataView(key.buffer), 0, { exe, detector, zero: 0 });
        return [key, u32(1)];
      })
    );
    this.#host.replace("detector_programs", programs);
    const names = detectors.flatMap(({ environment }) => environment);
    this.#host.replace("detect_environment", names.map((name) => [variableName(name), u32(1)]));
    // Those of a daemon before this one are none of this one's.
    this.#generation ||= Date.now() >>> 0;
    this.#generation = (this.#generation + 1) >>> 0 || 1;
    const map = this.#host.main.map("detectors");
    DETECTOR_NAMES.forEach((name, number) => {
      const detector = detectors.find((each) => each.name === name);
      const value = pinned(lpDetector.size);
      writeLpDetector(new DataView(value.buffer), 0, {
        flags: detector ? flagsOf(detector) : 0,
        programs: detector ? detector.programs.length : 0,
        generation: this.#generation,
        perSecond: PER_SECOND[name],
      });
      map.update(u32(number), value);
    });
  }
}

/**
 * A detector with hashes for paths, as the kernel knows them.
 *
 * @param detector The detector.
 * @param hasher Hashes under the host's key.
 * @param own The executable of this program, which compiles just in time.
 */
export function engineDetector(
  detector: DetectorSetting,
  hasher: PathHasher,
  own: ByteString,
): EngineDetector {
  const { allow, ...rest } = detector;
  const paths = detector.name === "mprotect" ? [...allow, own] : allow;
  return { ...rest, programs: [...new Set(paths.map((path) => hasher.file(path)))] };
}

function flagsOf({ arguments: tellsArguments, environment }: EngineDetector): number {
  return FLAGS.on | (tellsArguments ? FLAGS.arguments : 0) |
    (environment.length > 0 ? FLAGS.environment : 0);
}

function variableName(name: string): Uint8Array<ArrayBuffer> {
  const key = pinned(lpVariableName.size);
  key.set(byteStringToBytes(name));
  return key;
}
