/**
 * What stands for a value in a rule's key, and so in the facts that are
 * looked up: a hash, a user number or the number of a zone.
 *
 * @module
 */

import type { PathHasher } from "../marks/path_hash.ts";
import type { ByteString } from "./bytes.ts";
import type { Dim } from "./dims.ts";
import type { FolderPattern } from "./rule.ts";

/** What hashes and numbers to use. */
export interface SlotContext {
  /** Hashes under this host's key. */
  hasher: PathHasher;
  /** The numbers of the zones. */
  zones: ReadonlyMap<string, number>;
}

/**
 * Finds what stands for a value.
 *
 * @param dim The dimension of the value.
 * @param value The value; a folder as a pattern or as a path.
 * @param context What hashes and numbers to use.
 * @returns A u64, or undefined for a zone that has no number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PathHasher } from "../marks/path_hash.ts";
 *
 * const context = { hasher: new PathHasher(new Uint8Array(16)), zones: new Map([["lan", 2]]) };
 * assertEquals(slotValue({ name: "origin_zone", kind: "zone" }, "lan", context), 2n);
 * assertEquals(slotValue({ name: "creator_uid", kind: "uid" }, 1000, context), 1000n);
 * ```
 */
export function slotValue(
  dim: Dim,
  value: ByteString | number | FolderPattern,
  { hasher, zones }: SlotContext,
): bigint | undefined {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "object") return hasher.folder(value.path);
  switch (dim.kind) {
    case "path-file":
      return hasher.file(value);
    case "path-folder":
      return hasher.folder(value);
    case "basename":
      return hasher.name(value);
    case "comm":
      return hasher.comm(value);
    case "digest":
      return hasher.digest(Uint8Array.fromHex(value));
    case "uid":
      return BigInt(value);
    case "zone": {
      const zone = zones.get(value);
      return zone === undefined ? undefined : BigInt(zone);
    }
  }
}
