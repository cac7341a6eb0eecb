/**
 * The value of the extended attribute `security.bpf.linprov.origin`.
 *
 * ```text
 *  0  u8   version, 1           12  u64  hash of the creator's executable
 *  1  u8   flags                20  u64  hash of the creator's process name
 *  2  u8   zone                 28  u64  hash of the landing folder
 *  3  u8   reserved, 0          36  u64  hash of the landing base name
 *  4  u32  the creator's user   44  u64  hash of the remote address
 *  8  u32  seconds since 1970   52
 * ```
 *
 * All little endian. 52 bytes are what ext4 still keeps inside the inode; one
 * word more would cost a block a file.
 *
 * @module
 */

import { isZoneNumber } from "../policy/zones.ts";
import { MARK_LASTING_FLAGS } from "./records.ts";

/** The name of the extended attribute. */
export const MARK_XATTR = "security.bpf.linprov.origin";
/** The size of its value, in bytes. */
export const MARK_SIZE = 52;

const VERSION = 1;

/** What the attribute says about a file. */
export interface MarkValue {
  /** `MARK_*` of records.ts; those that mean something only in memory aren't written. */
  flags: number;
  /** The number of the remote address's zone. */
  zone: number;
  /** The creator's user. */
  creatorUid: number;
  /** Seconds since 1970, up to 2106. */
  time: number;
  /** The hash of the creator's executable. */
  creatorExe: bigint;
  /** The hash of the creator's process name. */
  creatorComm: bigint;
  /** The hash of the folder in which the file was first written. */
  landingFolder: bigint;
  /** The hash of the base name under which it was first written. */
  landingName: bigint;
  /** The hash of the remote address. */
  remote: bigint;
}

/**
 * What was read from an attribute. Whatever is there, the file is marked: a
 * value that can't be understood means "origin unknown", never "unmarked".
 */
export type DecodedMark =
  | { kind: "mark"; value: MarkValue }
  | { kind: "unknown"; reason: string };

/**
 * Writes the value of the attribute.
 *
 * @param value What to write.
 * @returns 52 bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const value = {
 *   flags: 0, zone: 240, creatorUid: 1000, time: 1_800_000_000,
 *   creatorExe: 1n, creatorComm: 2n, landingFolder: 3n, landingName: 4n, remote: 5n,
 * };
 * assertEquals(decodeMark(encodeMark(value)), { kind: "mark", value });
 * ```
 */
export function encodeMark(value: MarkValue): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(MARK_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint8(1, value.flags & MARK_LASTING_FLAGS);
  view.setUint8(2, value.zone);
  view.setUint32(4, value.creatorUid, true);
  view.setUint32(8, value.time, true);
  view.setBigUint64(12, value.creatorExe, true);
  view.setBigUint64(20, value.creatorComm, true);
  view.setBigUint64(28, value.landingFolder, true);
  view.setBigUint64(36, value.landingName, true);
  view.setBigUint64(44, value.remote, true);
  return bytes;
}

/**
 * Reads the value of the attribute. It never throws.
 *
 * @param bytes The value, whoever wrote it.
 * @returns What it says, or why it can't be understood.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeMark(new Uint8Array(3)), {
 *   kind: "unknown",
 *   reason: "the mark has 3 bytes, not 52",
 * });
 * ```
 */
export function decodeMark(bytes: Uint8Array): DecodedMark {
  if (bytes.length !== MARK_SIZE) {
    return unknown(`the mark has ${bytes.length} bytes, not ${MARK_SIZE}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(0);
  const flags = view.getUint8(1);
  const zone = view.getUint8(2);
  if (version !== VERSION) return unknown(`the mark has version ${version}, not ${VERSION}`);
  if (flags & ~MARK_LASTING_FLAGS) {
    return unknown(`the mark has flags 0x${flags.toString(16)}, some of them unknown`);
  }
  if (!isZoneNumber(zone)) return unknown(`the mark has zone ${zone}, which doesn't exist`);
  if (view.getUint8(3) !== 0) return unknown("the mark has a reserved byte in use");
  return {
    kind: "mark",
    value: {
      flags,
      zone,
      creatorUid: view.getUint32(4, true),
      time: view.getUint32(8, true),
      creatorExe: view.getBigUint64(12, true),
      creatorComm: view.getBigUint64(20, true),
      landingFolder: view.getBigUint64(28, true),
      landingName: view.getBigUint64(36, true),
      remote: view.getBigUint64(44, true),
    },
  };
}

function unknown(reason: string): DecodedMark {
  return { kind: "unknown", reason };
}
