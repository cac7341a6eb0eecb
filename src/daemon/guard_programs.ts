/**
 * Guards in the kernel. Each that is on has an object of its own, with nothing
 * but its programs, over the maps of the main one: so it comes and goes while
 * the daemon runs, and costs nothing while it is off.
 *
 * @module
 */

import {
  lpGuard,
  lpGuardCounts,
  lpGuardProgram,
  lpMountName,
  readLpGuardCounts,
  writeLpGuard,
  writeLpGuardProgram,
} from "../../ffi/layout.gen.ts";
import { kernelHasFunction } from "../../ffi/kernel_functions.ts";
import { byteStringToBytes } from "../policy/bytes.ts";
import { GUARD_NAMES, type GuardName, type GuardSetting, operationBits } from "../policy/guards.ts";
import type { PathHasher } from "../marks/path_hash.ts";
import { programsFor } from "./guard_table.ts";
import { type Prepared, ProgramSets, type SetsHost } from "./program_sets.ts";
import type { EngineGuard, GuardState } from "./protocol.ts";
import { type Element, pinned, u32, u64 } from "./tables.ts";

/** `enum lp_permission` by name. */
const PERMISSIONS = { none: 1, restrict: 2, deny: 3 } as const;
const OFF = 0;

/** What guards have in common with everything else. */
export interface GuardHost extends SetsHost {
  /** Makes a map hold these elements and no others. */
  replace: (map: string, elements: Element[]) => void;
}

/** The guards of one run. */
export class GuardPrograms extends ProgramSets<GuardName> {
  readonly #host: GuardHost;
  #set: readonly EngineGuard[] = [];

  /** @param host What they have in common with everything else. */
  constructor(host: GuardHost) {
    super(host);
    this.#host = host;
  }

  /**
   * Turns guards on, off, or sets them differently. Another set of operations may take other
   * programs.
   *
   * @param guards All that are to be on.
   * @throws {BpfError} When the kernel refuses; the guards stay as they were.
   */
  prepare(guards: readonly EngineGuard[]): Prepared {
    const change = this.change(
      new Map(guards.map(({ name, operations }) => {
        const programs = programsFor(name, operations, kernelHasFunction);
        return [name, programs.map(({ program }) => program)];
      })),
    );
    const commit = () => {
      this.#write(guards);
      change.commit();
      this.#set = guards;
    };
    return { ...change, commit };
  }

  /** What each guard that is on did so far. */
  state(): GuardState[] {
    const map = this.#host.main.map("guard_counts");
    const value = pinned(lpGuardCounts.size);
    return this.#set.map(({ name, permission, operations }) => {
      map.lookup(u32(GUARD_NAMES.indexOf(name)), value);
      const { blocked, wouldBlock, spared } = readLpGuardCounts(new DataView(value.buffer), 0);
      return {
        name,
        permission,
        operations: [...operations],
        blocked: Number(blocked),
        would_block: Number(wouldBlock),
        spared: Number(spared),
      };
    });
  }

  #write(guards: readonly EngineGuard[]): void {
    const programs: Element[] = guards.flatMap(({ name, programs }) =>
      programs.map((exe): Element => {
        const key = pinned(lpGuardProgram.size);
        const guard = GUARD_NAMES.indexOf(name);
        writeLpGuardProgram(new DataView(key.buffer), 0, { exe, guard, zero: 0 });
        return [key, u32(1)];
      })
    );
    this.#host.replace("guard_programs", programs);
    const paths = guards.flatMap(({ paths }) => paths);
    this.#host.replace("guard_paths", paths.map((hash) => [u64(hash), u32(1)]));
    const mounts = guards.flatMap(({ mounts }) => mounts);
    this.#host.replace("guard_mounts", mounts.map((name) => [mountName(name), u32(1)]));
    const map = this.#host.main.map("guards");
    GUARD_NAMES.forEach((name, number) => {
      const guard = guards.find((each) => each.name === name);
      const value = pinned(lpGuard.size);
      writeLpGuard(new DataView(value.buffer), 0, {
        permission: guard ? PERMISSIONS[guard.permission] : OFF,
        operations: guard ? operationBits(name, guard.operations) : 0,
        programs: guard ? guard.programs.length : 0,
        places: guard ? guard.paths.length + guard.mounts.length : 0,
      });
      map.update(u32(number), value);
    });
  }
}

/**
 * A guard with hashes for paths, as the kernel knows them.
 *
 * @param guard The guard.
 * @param hasher Hashes under the host's key.
 */
export function engineGuard(guard: GuardSetting, hasher: PathHasher): EngineGuard {
  return {
    ...guard,
    programs: guard.programs.map((path) => hasher.file(path)),
    paths: guard.paths.map((path) => path.endsWith("/") ? hasher.folder(path) : hasher.file(path)),
  };
}

function mountName(name: string): Uint8Array<ArrayBuffer> {
  const key = pinned(lpMountName.size);
  key.set(byteStringToBytes(name));
  return key;
}
