/**
 * The folders that own protection knows: those that it guards, those above
 * them, and those that tell which programs are linprov.
 *
 * @module
 */

import { Errno } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { LpPlace } from "../../ffi/layout.gen.ts";
import { realPath } from "../../ffi/paths.ts";
import { BINARY, CACHE } from "../host/install/places.ts";
import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import { PIN_FOLDER } from "./pins.ts";
import { STATE_FOLDER } from "./state.ts";

/** Folders without links in their paths, by their slot, an `enum lp_place`. */
export type Places = ReadonlyMap<number, ByteString>;

/** How the program is called; only what is called so can be linprov. */
const NAME = "linprov";

/** The program that runs. */
const OWN_PROGRAM = "/proc/self/exe";

/** Slots for the folders above one that is guarded. */
const ABOVE = 3;

/**
 * Whether another run of the program that runs could be told from everything else: not when it runs
 * from its sources. Nobody could end what such a daemon has left when it was killed.
 *
 * @param program The program.
 */
export function isRecognizable(program: string = OWN_PROGRAM): boolean {
  return resolved(program)?.endsWith(`/${NAME}`) ?? false;
}

/**
 * The folders as they are now.
 *
 * @param pins The folder of this linprov's pins; null without a BPF filesystem.
 * @returns Those that are there.
 */
export function places(pins: string | null): Places {
  const found = new Map<number, ByteString>();
  const add = (slot: number, path: string) => {
    const real = resolved(path);
    if (real !== undefined) found.set(slot, real);
    return real;
  };
  const above = (slot: number, path: ByteString | undefined) =>
    foldersAbove(path ?? "").slice(0, ABOVE).forEach((folder, i) => found.set(slot + i, folder));
  above(LpPlace.LP_PLACE_ABOVE_STATE, add(LpPlace.LP_PLACE_STATE, STATE_FOLDER));
  if (pins !== null) {
    above(LpPlace.LP_PLACE_ABOVE_PINS, add(LpPlace.LP_PLACE_PINS, PIN_FOLDER));
    add(LpPlace.LP_PLACE_PINNED, pins);
  }
  add(LpPlace.LP_PLACE_CACHE, CACHE);
  add(LpPlace.LP_PLACE_INSTALLED, folderOf(BINARY));
  const program = resolved(OWN_PROGRAM);
  if (program !== undefined) add(LpPlace.LP_PLACE_PROGRAM, folderOf(program));
  return found;
}

/**
 * The folders that a folder lies in, without the root.
 *
 * @param path The folder.
 * @returns The nearest first.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(foldersAbove("/var/lib/linprov"), ["/var/lib", "/var"]);
 * ```
 */
export function foldersAbove(path: ByteString): ByteString[] {
  const found: ByteString[] = [];
  for (let folder = folderOf(path); folder !== ""; folder = folderOf(folder)) found.push(folder);
  return found;
}

function folderOf(path: ByteString): ByteString {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function resolved(path: string): ByteString | undefined {
  try {
    return bytesToByteString(realPath(path));
  } catch (error) {
    if (error instanceof BpfError && error.errno === Errno.ENOENT) return undefined;
    throw error;
  }
}
