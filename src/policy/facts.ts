/**
 * What is known about an execution when it is decided.
 *
 * @module
 */

import { type ByteString, parentFolder } from "./bytes.ts";
import type { DimName } from "./dims.ts";

/** The facts a decision is made on; null is "not known", and matches no condition. */
export interface Facts {
  /** The executed file's path; null if the process has another root or mount namespace. */
  target: ByteString | null;
  /** The folder in which the file was first written. */
  landingFolder: ByteString | null;
  /** The base name under which it was first written. */
  landingName: ByteString | null;
  /** The executable that brought the bytes from the network. */
  creatorProcess: ByteString | null;
  /** Its process name. */
  creatorComm: ByteString | null;
  /** Its user. */
  creatorUid: number | null;
  /** The executable that wrote the file: the creator, unless the file is derived. */
  writerProcess: ByteString | null;
  /** Its user. */
  writerUid: number | null;
  /** The zone of the remote address. */
  zone: string | null;
  /** The SHA-256 of the content, in lower-case hex. */
  sha256: string | null;
  /** The user who executes the file. */
  executionUid: number | null;
  /** Seconds since 1970. */
  now: number;
}

/** The known facts by dimension. Folders end in a slash. */
export type KnownFacts = { [name in DimName]?: ByteString | number };

/**
 * Sorts facts by the dimension that asks for them.
 *
 * The target's and the creator's path mean something only in the host's own
 * mount namespace and root: where the target isn't known, neither counts as
 * known. The writer was a program of the host, and stays who wrote the file
 * wherever that is run: a service in a mount namespace of its own needs libc
 * after the upgrade, too.
 *
 * @param facts The facts.
 * @returns Those that are known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const facts: Facts = {
 *   target: "/opt/app/run", landingFolder: null, landingName: null,
 *   creatorProcess: null, creatorComm: "curl", creatorUid: null,
 *   writerProcess: null, writerUid: null, zone: null, sha256: null, executionUid: 0, now: 0,
 * };
 * assertEquals(knownFacts(facts), {
 *   target_filename: "/opt/app/run",
 *   target_folder: "/opt/app/",
 *   creator_comm: "curl",
 *   execution_uid: 0,
 * });
 * ```
 */
export function knownFacts(facts: Facts): KnownFacts {
  const known: KnownFacts = {};
  const add = (name: DimName, value: ByteString | number | null) => {
    if (value !== null) known[name] = value;
  };
  if (facts.target !== null) {
    add("target_filename", facts.target);
    add("target_folder", parentFolder(facts.target));
    add("creator_process", facts.creatorProcess);
  }
  add("writer_process", facts.writerProcess);
  if (facts.landingFolder !== null) {
    add("landing_folder", facts.landingFolder.replace(/\/?$/, "/"));
  }
  add("landing_filename", facts.landingName);
  add("creator_comm", facts.creatorComm);
  add("creator_uid", facts.creatorUid);
  add("writer_uid", facts.writerUid);
  add("origin_zone", facts.zone);
  add("sha256", facts.sha256);
  add("execution_uid", facts.executionUid);
  return known;
}
