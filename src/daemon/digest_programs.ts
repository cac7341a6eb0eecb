/**
 * The programs that tell what is in a file. They sleep, so they are in the
 * kernel only while that is wanted. The kernel runs what was attached last
 * first, so they must be attached after those that decide: in another order
 * there would be no digest in time, and no sha256 rule would match.
 *
 * @module
 */

import { compareVersions } from "../host/probe.ts";
import { ProgramSets } from "./program_sets.ts";

/**
 * Each works out what is in a file, for the one that decides on its hook. What
 * is attached after it, and so runs before it, makes room.
 */
const PROGRAMS: readonly string[] = [
  // What it counts, the others look at.
  "digest_truncate",
  "digest_exec",
  "digest_exec_room",
  "digest_mmap",
  "digest_mmap_room",
  "digest_module",
  "digest_module_room",
];

/** For what interpreters open. */
const SCRIPTS: readonly string[] = ["digest_script", "digest_script_room"];

/** The first kernel whose hook for {@linkcode SCRIPTS}, `file_post_open`, may sleep. */
const FIRST_WITH_SCRIPTS = "6.12";

/** The programs that work out digests. */
export class DigestPrograms extends ProgramSets<"digests"> {
  /**
   * Has them in the kernel, or not.
   *
   * @param wanted Whether they are wanted.
   * @throws {BpfError} When the kernel refuses; it stays as it was.
   */
  set(wanted: boolean): void {
    using change = this.change(new Map(wanted ? [["digests", programs()]] : []));
    change.commit();
  }
}

function programs(): string[] {
  const order = compareVersions(Deno.osRelease(), FIRST_WITH_SCRIPTS);
  return order !== undefined && order >= 0 ? [...PROGRAMS, ...SCRIPTS] : [...PROGRAMS];
}
