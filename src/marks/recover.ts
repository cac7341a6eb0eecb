/**
 * Opens the store even when it is damaged or gone: enforcement goes on, and
 * what can still be known about marked files is gathered again.
 *
 * @module
 */

import { existsSync, renameSync, rmSync } from "node:fs";
import { Store } from "./store.ts";
import { StoreCorrupt, StoreError } from "./store_error.ts";

/** A store that was replaced by an empty one. */
export interface Replaced {
  /** What was found. */
  why: string;
  /** Where the damaged file is now; null when there was none. */
  aside: string | null;
  /** Marks that could still be read from it. */
  salvaged: number;
}

/** An open store. */
export interface Recovered {
  store: Store;
  /** Null when the file was whole, or nothing was there before. */
  replaced: Replaced | null;
  /** There was none before, nor should there have been. */
  isNew: boolean;
}

/**
 * Opens the store for writing. A damaged file is kept aside, never deleted.
 *
 * @param path The file.
 * @param options `isExpected`: this host had a store, so that it is gone means something.
 * @returns The open store.
 * @throws {StoreError} If it can't be opened or made, or isn't a store of this version.
 */
export function openOrRecover(path: string, { isExpected }: { isExpected: boolean }): Recovered {
  const isThere = existsSync(path);
  try {
    const store = Store.open(path);
    const why = "it was gone";
    const replaced = isThere || !isExpected ? null : { why, aside: null, salvaged: 0 };
    return { store, replaced, isNew: !isThere && !isExpected };
  } catch (error) {
    if (!(error instanceof StoreCorrupt)) throw error;
    const aside = moveAside(path);
    const store = Store.open(path);
    const salvaged = salvage(aside, store);
    return { store, replaced: { why: error.why, aside, salvaged }, isNew: false };
  }
}

/** Gives the damaged files names that tell when they were found. */
function moveAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(":", "")}`;
  for (const suffix of ["", "-wal"]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  rmSync(path + "-shm", { force: true });
  return aside;
}

/** Copies what can be read, table by table up to where it is damaged; returns how many marks. */
function salvage(from: string, to: Store): number {
  let marks = 0;
  let damaged: Store;
  try {
    damaged = Store.open(from, { readOnly: true });
  } catch (error) {
    if (error instanceof StoreError) return marks;
    throw error;
  }
  using source = damaged;
  to.transaction(() => {
    untilDamaged(() => to.putZones(source.zones()));
    untilDamaged(() => to.putTexts(source.texts()));
    untilDamaged(() => {
      for (const origin of source.origins()) to.putOrigin(origin);
    });
    untilDamaged(() => {
      for (const mark of source.marks()) {
        to.putMark(mark);
        marks++;
      }
    });
  });
  return marks;
}

function untilDamaged(copy: () => void): void {
  try {
    copy();
  } catch (error) {
    if (!(error instanceof StoreCorrupt)) throw error;
  }
}
