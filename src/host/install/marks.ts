/**
 * The marks on files, when linprov leaves.
 *
 * @module
 */

import { BpfError } from "../../../ffi/error.ts";
import { removeXattr } from "../../../ffi/xattr.ts";
import { MARK_XATTR } from "../../marks/mark_codec.ts";
import { Store } from "../../marks/store.ts";

/**
 * Takes the mark off every file that the store can still find.
 *
 * @param path The store.
 * @returns How many marks were taken off, and how many files are no longer
 * where they were.
 * @throws {StoreError} When the store can't be read.
 */
export function removeMarks(path: string): { removed: number; missed: number } {
  using store = Store.open(path, { readOnly: true });
  const count = { removed: 0, missed: 0 };
  for (const mark of store.marks()) {
    if (mark.path !== null && isTakenOff(mark.path)) count.removed++;
    else count.missed++;
  }
  return count;
}

function isTakenOff(path: string): boolean {
  try {
    return removeXattr(path, MARK_XATTR);
  } catch (error) {
    if (error instanceof BpfError) return false;
    throw error;
  }
}
