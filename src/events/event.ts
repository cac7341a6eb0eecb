/**
 * What the kernel reports, in words of this program.
 *
 * @module
 */

import type { ByteString } from "../policy/bytes.ts";
import type { DetectorName } from "../policy/detectors.ts";
import type { GuardName } from "../policy/guards.ts";

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
  /**
   * The rule that decided: its line, if it stands in a file; that file, where it isn't the allowlist
   * itself; and its text.
   */
  rule: { line: number | null; file?: string; text: ByteString } | null;
  /** That rule refuses. */
  denied: boolean;
  mark: Mark;
  file: FileId;
  /** The SHA-256 of the file, in hex; null when it wasn't worked out. */
  sha256: string | null;
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

/** A process was about to do what a guard covers. */
export interface GuardEvent extends Common {
  type: "guard";
  guard: GuardName;
  /** What it was about to do, as the guard calls it. */
  operation: string;
  /** Never `allow`. */
  answer: Answer;
}

/** What belongs to linprov. */
export type SelfWhat = "state" | "pin" | "map" | "program" | "process";

/** Somebody else tried to touch what belongs to linprov, and was refused. `path` is what. */
export interface SelfEvent extends Common {
  type: "self";
  what: SelfWhat;
  /** What was tried. */
  operation: string;
  /** The number of a signal; null when it was none. */
  signal: number | null;
  /** Attempts before this one of which nothing was told, since there were too many at once. */
  untold: number;
}

/** A process from which another one descends. */
export interface Ancestor {
  pid: number;
  comm: ByteString;
  /** What it executes; null where nothing is known, as of kernel threads. */
  exe: ByteString | null;
}

/** What an execution was told with. */
export interface Execution {
  /** What the detector was asked to tell. */
  told: { arguments: boolean; environment: boolean };
  /** The first of them; null when they could not be read. */
  arguments: ByteString[] | null;
  /** How long all of them are, the zeros behind each included. */
  argumentBytes: number;
  argumentsCut: boolean;
  /** `NAME=VALUE` of the names that were asked for. */
  environment: ByteString[];
  /** A value is cut, or not all of the environment was looked at. */
  environmentCut: boolean;
  /** The SHA-256 of the executable, in hex; null when it wasn't worked out. */
  sha256: string | null;
}

/** A process did what a detector tells of. */
export interface DetectionEvent extends Omit<Common, "path" | "host"> {
  type: "detection";
  detector: DetectorName;
  /** What it did, as the detector calls it. */
  act: string;
  /** What it executes. */
  exe: ByteString | null;
  /** The file that it is about, or what the other process executes; of `exec` what was asked for. */
  target: ByteString | null;
  /** The other process. */
  targetPid: number | null;
  /** The parent first, eight at most. */
  ancestors: Ancestor[];
  /** Of `exec`. */
  execution: Execution | null;
  /** Some path is longer than what is told of it. */
  pathsCut: boolean;
  /** Of the target for `replaced`, else of the executable; null when that isn't marked. */
  mark: Mark | null;
}

/** Anything the kernel reports that people may want to see. */
export type KernelEvent =
  | VerdictEvent
  | MarkEvent
  | LocalEvent
  | GuardEvent
  | SelfEvent
  | DetectionEvent;
