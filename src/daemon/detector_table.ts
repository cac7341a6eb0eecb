/**
 * Which programs of the BPF object make up each detector.
 *
 * @module
 */

import type { DetectorName } from "../policy/detectors.ts";

/** A program of a detector. */
export interface DetectorProgram {
  /** The C function's name. */
  program: string;
  /** Its section, without the `?` that keeps it from being loaded with the others. */
  section: string;
}

/** All programs of all detectors. */
export const DETECTOR_PROGRAMS: Readonly<Record<DetectorName, readonly DetectorProgram[]>> = {
  "exec": [
    { program: "detect_exec_mark", section: "lsm/bprm_committed_creds" },
    { program: "detect_exec", section: "tp_btf/sched_process_exec" },
  ],
  "replaced": [
    { program: "detect_replaced_unlink_place", section: "lsm/path_unlink" },
    { program: "detect_replaced_rename_place", section: "lsm/path_rename" },
    { program: "detect_replaced_unlink", section: "lsm/inode_unlink" },
    { program: "detect_replaced_rename", section: "lsm/inode_rename" },
  ],
  "proc-mem": [
    { program: "detect_proc_mem_write", section: "lsm/file_permission" },
    { program: "detect_proc_mem_writev", section: "lsm/ptrace_access_check" },
  ],
  "mprotect": [
    { program: "detect_mprotect_change", section: "lsm/file_mprotect" },
  ],
};
