/**
 * What the kernel reports, in words of this program.
 *
 * @module
 */

import type { ByteString } from "../policy/bytes.ts";

/** How marked bytes were about to run. */
export type Kind = "exec" | "script" | "mmap" | "pipe";

/** What the kernel answered. */
export type Answer = "allow" | "block" | "would-block" | "spared";

/** Identity of a file that no rename changes. */
export interface FileId {
  /** 16 bytes: the filesystem's uuid, or zeros where it has none. */
  fs: Uint8Array;
  /** Inode number. */
  ino: bigint;
  /** Generation of the inode. */
  gen: number;
  /** Device as the kernel encodes it, for a filesystem without a uuid; else 0. */
  dev: number;
}

/** Where bytes came from; null is "not known". */
export interface Origin {
  /** The number under which kernel and store know it; 0 is "unknown". */
  number: number;
  /** Path of the program that received them. */
  creator: ByteString | null;
  /** Its comm. */
  comm: ByteString | null;
  /** Its real uid. */
  uid: number | null;
  /** Name of the zone of the remote address. */
  zone: string;
  /** The remote address, as text. */
  remote: string | null;
  /** The remote port. */
  port: number | null;
  /** Seconds since 1970. */
  time: number;
}

/** The mark of a file. */
export interface Mark {
  origin: Origin;
  /** Folder in which it was first written, with a slash at its end. */
  landingFolder: ByteString | null;
  /** Its base name then. */
  landingFile: ByteString | null;
  /** Path of the program that wrote it. */
  writer: ByteString | null;
  /** The real uid of that program. */
  writerUid: number | null;
  /** It was made from marked bytes, not received. */
  derived: boolean;
  /** Seconds since 1970. */
  time: number;
}

/** Fields that every event has. */
interface Common {
  /** Milliseconds since 1970. */
  time: number;
  pid: number;
  /** Real uid of the process. */
  uid: number;
  comm: ByteString;
  /** The path, in the mount namespace of the process; null when there is none. */
  path: ByteString | null;
  /** The path is one of the host's mount namespace. */
  host: boolean;
}

/** Marked bytes were about to run, and this was the answer. */
export interface VerdictEvent extends Common {
  type: "verdict";
  kind: Kind;
  answer: Answer;
  /** The rule that decided: its line in the allowlist, if it stands there, and its text. */
  rule: { line: number | null; text: ByteString } | null;
  /** That rule refuses. */
  denied: boolean;
  mark: Mark;
  file: FileId;
}

/** A file was marked. */
export interface MarkEvent extends Common {
  type: "mark";
  mark: Mark;
  file: FileId;
}

/** A marked file became local again. */
export interface LocalEvent extends Common {
  type: "local";
  file: FileId;
}

/** Anything the kernel reports that people may want to see. */
export type KernelEvent = VerdictEvent | MarkEvent | LocalEvent;
