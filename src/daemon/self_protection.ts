/**
 * Own protection in the kernel: its programs, the folders that they know, and
 * the maps and programs that are linprov's.
 *
 * @module
 */

import { isRecognizable, type Places, places } from "./places.ts";
import { type Prepared, ProgramSets, type SetsHost } from "./program_sets.ts";
import { type Element, u32, u64 } from "./tables.ts";
import { LpPlace } from "../../ffi/layout.gen.ts";

/** They begin like no others: a linprov that can't read these tables removes them by that. */
export const SELF_PREFIX = "self_";

/** See bpf/self_programs.h. */
const PROGRAMS: readonly string[] = [
  ...["create", "mkdir", "symlink", "mknod", "link", "unlink", "rmdir", "rename"],
  ...["truncate", "chmod", "chown", "setxattr", "removexattr"],
  ...["mount", "move_mount", "umount", "map", "program"],
  ...["kill", "ptrace", "rlimit", "nice", "scheduler"],
].map((name) => SELF_PREFIX + name);

/** Added to the number of a program: SELF_PROGRAM in bpf/maps.h. */
const IS_PROGRAM = 1n << 32n;

/** No folders. */
const NONE: Places = new Map();

/** What it has in common with everything else. */
export interface SelfHost extends SetsHost {
  /** Makes a map hold these elements and no others. */
  replace: (map: string, elements: Element[]) => void;
  /** Has the kernel know a folder under a slot, an `enum lp_place`; null: none. */
  setPlace: (slot: number, path: string | null) => void;
  /** Maps that nobody else may write to. */
  maps: () => { id: number }[];
  /** Programs that nobody else may run. */
  programs: () => { info: () => { id: number } }[];
}

/** Own protection of one run. */
export class SelfProtection extends ProgramSets<"self"> {
  readonly #host: SelfHost;
  #places: Places = NONE;

  /** @param host What it has in common with everything else. */
  constructor(host: SelfHost) {
    super(host);
    this.#host = host;
  }

  /** Whether it is on. */
  get isOn(): boolean {
    return this.has("self");
  }

  /**
   * Turns it on or off. It stays off where another run of this program couldn't be told from
   * everything else.
   *
   * @param wanted Whether it is wanted.
   * @throws {BpfError} When the kernel refuses; it stays as it was.
   */
  prepare(wanted: boolean): Prepared {
    const isOn = wanted && isRecognizable();
    const change = this.change(new Map(isOn ? [["self", PROGRAMS]] : []));
    const commit = () => {
      if (isOn || this.isOn) this.#setPlaces(isOn ? places(this.#host.pins?.folder ?? null) : NONE);
      change.commit();
    };
    return { ...change, commit };
  }

  /** Looks which maps there are; for when it was turned on or off, or rules were loaded. */
  refresh(): void {
    const ids = this.isOn ? this.#ids() : [];
    this.#host.replace("self_objects", ids.map((id) => [u64(id), u32(1)]));
  }

  /** The folders that the kernel knows. */
  get places(): Places {
    return this.#places;
  }

  #ids(): bigint[] {
    const { maps, programs } = this.#host;
    return [
      ...maps().map(({ id }) => BigInt(id)),
      ...programs().map((program) => BigInt(program.info().id) | IS_PROGRAM),
    ];
  }

  #setPlaces(found: Places): void {
    for (let slot = 0; slot < LpPlace.LP_PLACES; slot++) {
      this.#host.setPlace(slot, found.get(slot) ?? null);
    }
    this.#places = found;
  }
}
