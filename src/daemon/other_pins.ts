/**
 * Taking over from a linprov whose maps have another layout.
 *
 * @module
 */

import { readLpFileId, readLpMark, readLpOrigin } from "../../ffi/layout.gen.ts";
import { MapHandle } from "../../ffi/map.ts";
import type { Kernel } from "./kernel.ts";
import type { OtherPins } from "./pins.ts";

/**
 * Copies origins and marks, if they have the same form there; the store has
 * all but the last of them anyway.
 *
 * @param other What the other one has pinned.
 * @param kernel What gets them.
 * @throws {BpfError} When the kernel refuses.
 */
export function takeOver(other: OtherPins, kernel: Kernel): void {
  using origins = MapHandle.openPinned(other.mapPath("origins"));
  using known = MapHandle.openPinned(other.mapPath("known"));
  if (!other.sameKey || !origins || !known) return;
  if (!kernel.fits(origins) || !kernel.fits(known)) return;
  origins.forEach((keys, keyAt, values, valueAt) => {
    kernel.marks.seedOrigin(keys.getUint32(keyAt, true), readLpOrigin(values, valueAt));
  });
  known.forEach((keys, keyAt, values, valueAt) => {
    kernel.marks.seedMark(readLpFileId(keys, keyAt), readLpMark(values, valueAt));
  });
}
