/**
 * Programs that are attached no longer, and are kept for who comes back to them.
 *
 * All programs of a hook are called by one piece of code. The kernel keeps that until the last task
 * has left it, but frees a program as soon as it isn't attached any more, unless the task is in this
 * very program. A task that sleeps while its program works out a digest comes back when the programs
 * after it have gone: 6.12 calls them all the same, and breaks down (7.3 doesn't call them). So these
 * are pinned before they are detached, for as long as anybody sleeps.
 *
 * @module
 */

import { Errno } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { removeFile, removeFolder } from "../../ffi/folder.ts";
import { Link } from "../../ffi/link.ts";
import { MapHandle } from "../../ffi/map.ts";
import { pinProgram } from "../../ffi/program.ts";
import { makeOwnFolder, namesIn } from "./pin_folder.ts";
import { pinned, u32 } from "./tables.ts";

/** Where they are pinned: `MAP_sleepers`, the counter with that number, and its programs, `MAP_NUMBER`. */
export const KEPT_FOLDER = "/sys/fs/bpf/linprov_kept";

/** The links of the programs that sleep begin so. */
const SLEEPING = "link_digest_";

const COUNTER = "_sleepers";

/** Milliseconds to wait for sleepers at the end, and between two looks. */
const PATIENCE_MS = 5000;
const LOOK_MS = 100;

/**
 * Keeps the programs of links that are about to go, if somebody may sleep.
 *
 * @param folder Where all links and maps of their daemon are pinned.
 * @param links Their names there; not all need exist.
 * @throws {BpfError} When the kernel refuses.
 */
export function keepPrograms(folder: string, links: readonly string[]): void {
  using sleepers = MapHandle.openPinned(`${folder}/map${COUNTER}`);
  if (!sleepers) return;
  const maySleep = namesIn(folder).some((name) => name.startsWith(SLEEPING));
  if (!maySleep && count(sleepers) === 0n) return;
  makeOwnFolder(KEPT_FOLDER);
  const group = `${KEPT_FOLDER}/${sleepers.id}`;
  unlessThere(() => sleepers.pin(`${group}${COUNTER}`));
  for (const name of links) {
    using link = Link.openPinned(`${folder}/${name}`);
    if (!link) continue;
    const { programId } = link.info();
    unlessThere(() => pinProgram(programId, `${group}_${programId}`));
  }
}

/** The programs that are kept, by whomever. */
export class KeptPrograms {
  // The numbers of the counters at which nobody slept when they were looked at last.
  #quiet = new Set<string>();

  /**
   * Lets go those that nobody comes back to: twice in a row nobody slept.
   *
   * @returns Whether none is left.
   * @throws {BpfError} When the kernel refuses.
   */
  sweep(): boolean {
    const names = namesIn(KEPT_FOLDER);
    const groups = new Set(names.map((name) => name.slice(0, name.indexOf("_"))));
    for (const group of groups) {
      using sleepers = MapHandle.openPinned(`${KEPT_FOLDER}/${group}${COUNTER}`);
      if (!sleepers || count(sleepers) > 0n) {
        this.#quiet.delete(group);
      } else if (this.#quiet.delete(group)) {
        for (const name of names.filter((name) => name.startsWith(`${group}_`))) {
          removeFile(`${KEPT_FOLDER}/${name}`);
        }
        groups.delete(group);
      } else {
        this.#quiet.add(group);
      }
    }
    if (groups.size > 0) return false;
    removeFolder(KEPT_FOLDER);
    return true;
  }

  /** Does so as soon as it can; what takes longer stays until the next daemon, or until the boot. */
  async sweepPatiently(): Promise<void> {
    for (let waited = 0; !this.sweep() && waited < PATIENCE_MS; waited += LOOK_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

function count(sleepers: MapHandle): bigint {
  const value = pinned(8);
  sleepers.lookup(u32(0), value);
  return new DataView(value.buffer).getBigUint64(0, true);
}

function unlessThere(pin: () => void): void {
  try {
    pin();
  } catch (error) {
    if (!(error instanceof BpfError) || error.errno !== Errno.EEXIST) throw error;
  }
}
