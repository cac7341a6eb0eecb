/**
 * Which programs of the BPF object make up each guard, and what they are for.
 *
 * @module
 */

import { type GuardName, guardOperations } from "../policy/guards.ts";

/** A program of a guard. */
export interface GuardProgram {
  /** The C function's name. */
  program: string;
  /** Its section, without the `?` that keeps it from being loaded with the others. */
  section: string;
  /** It is needed when one of these is covered. */
  operations: readonly string[];
  /** It is needed only by kernels that have this function. */
  where?: string;
}

/** What changes a name in a folder, or a file by its path. */
const PATH_HOOKS = [
  ...["truncate", "chmod", "chown", "mknod", "mkdir", "symlink", "unlink", "rmdir", "link"],
  "rename",
];

/** Names other than a user namespace's. */
const OTHER_NAMESPACES = ["mount", "net", "pid", "ipc", "uts", "cgroup"];

const REASONS = guardOperations("kernel-image").filter((each) => each !== "autoload_module");

/** All programs of all guards. */
export const GUARD_PROGRAMS: Readonly<Record<GuardName, readonly GuardProgram[]>> = {
  "kernel-image": [
    program("guard_kernel_image_reason", "lsm/locked_down", REASONS),
    program("guard_kernel_image_read", "lsm/kernel_read_file", ["kexec"]),
    program("guard_kernel_image_load", "lsm/kernel_load_data", ["kexec"]),
    program("guard_kernel_image_request", "lsm/kernel_module_request", ["autoload_module"]),
  ],
  "kernel-modules": [
    program("guard_kernel_modules_read", "lsm/kernel_read_file", ["load_module"]),
    program("guard_kernel_modules_load", "lsm/kernel_load_data", ["load_module"]),
    program("guard_kernel_modules_request", "lsm/kernel_module_request", ["autoload_module"]),
    program("guard_kernel_modules_reason", "lsm/locked_down", [
      ...["unsigned_module", "unsafe_module_parameters"],
    ]),
  ],
  "bpf": [
    program("guard_bpf_call", "lsm/bpf", ["map_create", "prog_load", "btf_load"]),
    program("guard_bpf_reason", "lsm/locked_down", ["bpf_write"]),
  ],
  "fileless": [
    program("guard_fileless_exec", "lsm/bprm_check_security", ["memfd", "unlinked"]),
    program("guard_fileless_mmap", "lsm/mmap_file", ["library"]),
    program("guard_fileless_mprotect", "lsm/file_mprotect", ["library"]),
  ],
  "filesystem": [
    program("guard_filesystem_remount", "lsm/sb_remount", ["remount_root"]),
    program("guard_filesystem_rebind", "lsm/sb_mount", ["remount_root"]),
    program("guard_filesystem_write", "lsm/file_open", ["write_root"]),
    ...PATH_HOOKS.map((name) =>
      program(`guard_filesystem_${name}`, `lsm/path_${name}`, ["write_root"])
    ),
    program("guard_filesystem_sysfs", "lsm/file_open", ["sysfs_write"]),
    program("guard_filesystem_mount", "lsm/sb_mount", ["mount"]),
    program("guard_filesystem_move", "lsm/move_mount", ["mount"]),
    program("guard_filesystem_umount", "lsm/sb_umount", ["umount"]),
  ],
  "namespaces": [
    program("guard_namespaces_user", "lsm/userns_create", ["user"]),
    program("guard_namespaces_clone", "lsm/task_alloc", OTHER_NAMESPACES),
    program(
      "guard_namespaces_unshare",
      "fentry/unshare_nsproxy_namespaces",
      OTHER_NAMESPACES,
    ),
    program(
      "guard_namespaces_unshared",
      "fexit/unshare_nsproxy_namespaces",
      OTHER_NAMESPACES,
    ),
    program("guard_namespaces_capable", "lsm/capable", OTHER_NAMESPACES),
    // Kernels without that function have no OPEN_TREE_NAMESPACE.
    {
      ...program("guard_namespaces_open_tree", "fentry/vfs_open_tree", ["mount"]),
      where: "create_new_namespace",
    },
    {
      ...program("guard_namespaces_opened_tree", "fexit/vfs_open_tree", ["mount"]),
      where: "create_new_namespace",
    },
  ],
};

function program(name: string, section: string, operations: readonly string[]): GuardProgram {
  return { program: name, section, operations };
}

/**
 * The programs that a guard needs.
 *
 * @param name The guard.
 * @param operations What it covers.
 * @param kernelHas Whether the kernel has a function.
 */
export function programsFor(
  name: GuardName,
  operations: readonly string[],
  kernelHas: (name: string) => boolean,
): readonly GuardProgram[] {
  return GUARD_PROGRAMS[name].filter((each) =>
    each.operations.some((operation) => operations.includes(operation)) &&
    (each.where === undefined || kernelHas(each.where))
  );
}
