/**
 * What is recorded about marked files: the fields of `struct lp_file_id`,
 * `struct lp_origin` and `struct lp_mark` of bpf/wire.h.
 *
 * @module
 */

import type { ByteString } from "../policy/bytes.ts";

/** The mark isn't in the store yet. */
export const MARK_DIRTY = 1;
/** The file became local again; the store must forget it. */
export const MARK_TOMBSTONE = 2;
/** The file was written by a process that read marked bytes. */
export const MARK_DERIVED = 4;
/** Something about the origin was lost. */
export const MARK_UNKNOWN_ORIGIN = 8;
/** By the volume it lies on; in memory only. */
export const MARK_VOLUME = 16;
/** Its package, or the lack of one, gives no reason for doubt. */
export const MARK_CHECKED = 32;
/** It isn't what its package says, so its writer was forgotten. */
export const MARK_DISTRUSTED = 64;
/** It isn't where it was written, so nobody could compare it. */
export const MARK_UNFOUND = 128;
/** The file is gone; the store alone still has it, for others that came out of it. */
export const MARK_GONE = 256;
/** The flags that outlive the kernel's memory. */
export const MARK_LASTING_FLAGS = MARK_DERIVED | MARK_UNKNOWN_ORIGIN | MARK_CHECKED |
  MARK_DISTRUSTED | MARK_UNFOUND;

/** A user that nobody knows. */
export const NO_UID = 0xffffffff;

/** A file, independent of any path. */
export interface FileId {
  /** 16 bytes: the filesystem's UUID, or its device number if it has none. */
  fs: Uint8Array;
  /** The inode number, a u64. */
  ino: bigint;
  /** Tells a reused inode number from the old file. */
  gen: number;
  /** The device number as the kernel encodes it; 0 where `fs` is a UUID. */
  dev: number;
}

/** Whether two are the same file. */
export function sameFile(a: FileId, b: FileId): boolean {
  return a.ino === b.ino && a.gen === b.gen && a.dev === b.dev && sameUuid(a.fs, b.fs);
}

/** Whether two filesystems have the same UUID. */
export function sameUuid(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}

/** Whether a file's filesystem has a UUID. */
export function hasUuid({ fs }: Pick<FileId, "fs">): boolean {
  return fs.some((byte) => byte !== 0);
}

/** Where bytes came from. */
export interface Origin {
  /** Its number, from 1. */
  number: number;
  /** The hash of the creator's executable. */
  creatorExe: bigint;
  /** The hash of the creator's process name. */
  creatorComm: bigint;
  /** The hash of the remote address. */
  remote: bigint;
  /** The creator's process name. */
  comm: ByteString;
  /** The remote address, 16 bytes: IPv6, or IPv4 mapped into ::ffff:0:0/96. */
  addr: Uint8Array;
  /** The creator's user. */
  uid: number;
  /** The remote port. */
  port: number;
  /** AF_* of the socket. */
  family: number;
  /** The number of the remote address's zone. */
  zone: number;
  /** Seconds since 1970. */
  time: number;
  /** As the kernel has them. */
  flags: number;
  /** The path of the creator's executable, if it is known. */
  creatorPath: ByteString | null;
}

/** The part of a mark that the kernel knows. */
export interface KernelMark {
  /** The file. */
  file: FileId;
  /** The hash of the folder in which it was first written. */
  landingFolder: bigint;
  /** The hash of the base name under which it was first written. */
  landingName: bigint;
  /** The hash of the executable that wrote it. */
  writerExe: bigint;
  /** The user who wrote it. */
  writerUid: number;
  /** The number of its origin; 0 if that isn't known. */
  origin: number;
  /** Seconds since 1970. */
  time: number;
  /** `MARK_*`. */
  flags: number;
}

/** The mark of a file. */
export interface Mark extends KernelMark {
  /** The marked file that its bytes came out of; null when they were received, or nobody knows. */
  from: FileId | null;
  /** The last path it was seen at. */
  path: ByteString | null;
  /** Where it was downloaded from, if something told. */
  url: string | null;
}
