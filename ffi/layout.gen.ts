// Written by scripts/build_bpf.ts from the types of the BPF object: change
// those and build again.

/** What the maps hold, and where: objects that say the same can take over each other's. */
export const stateLayout = "3a87a84f1d6f0acf";

/** `enum lp_bpf` */
export const LpBpf = {
  LP_BPF_MAP_CREATE: 0,
  LP_BPF_PROG_LOAD: 1,
  LP_BPF_BTF_LOAD: 2,
  LP_BPF_BPF_WRITE: 3,
} as const;
/** A value of {@linkcode LpBpf}. */
export type LpBpf = (typeof LpBpf)[keyof typeof LpBpf];

/** `enum lp_counter` */
export const LpCounter = {
  LP_COUNT_MARKS: 0,
  LP_COUNT_LOCAL: 1,
  LP_COUNT_ALLOWED: 2,
  LP_COUNT_BLOCKED: 3,
  LP_COUNT_WOULD_BLOCK: 4,
  LP_COUNT_SPARED: 5,
  LP_COUNT_EVENTS_LOST: 6,
  LP_COUNT_KNOWN_FULL: 7,
  LP_COUNT_STORAGE_FAILED: 8,
  LP_COUNT_PROCESS_FAILED: 9,
  LP_COUNT_SCRATCH_FAILED: 10,
  LP_COUNT_ORIGINS_FULL: 11,
  LP_COUNT_PENDING_FULL: 12,
  LP_COUNT_READERS_FULL: 13,
  LP_COUNT_FOLDERS_FULL: 14,
  LP_COUNT_MARK_LOST: 15,
  LP_COUNT_GUARDED: 16,
  LP_COUNT_IMAGES_FULL: 17,
  LP_COUNT_CONNECTED: 18,
  LP_COUNT_COPIES_FULL: 19,
  LP_COUNT_NO_DIGEST: 20,
  LP_COUNT_SELF_STATE: 21,
  LP_COUNT_SELF_PIN: 22,
  LP_COUNT_SELF_MAP: 23,
  LP_COUNT_SELF_PROGRAM: 24,
  LP_COUNT_SELF_PROCESS: 25,
  LP_COUNT_DETECTIONS_LOST: 26,
  LP_COUNT_WRITERS_UNKNOWN: 27,
  LP_COUNTERS: 32,
} as const;
/** A value of {@linkcode LpCounter}. */
export type LpCounter = (typeof LpCounter)[keyof typeof LpCounter];

/** `enum lp_detect_mprotect` */
export const LpDetectMprotect = {
  LP_MPROTECT_WRITTEN: 0,
  LP_MPROTECT_WRITABLE: 1,
} as const;
/** A value of {@linkcode LpDetectMprotect}. */
export type LpDetectMprotect = (typeof LpDetectMprotect)[keyof typeof LpDetectMprotect];

/** `enum lp_detect_proc_mem` */
export const LpDetectProcMem = {
  LP_PROC_MEM_PROC_MEM: 0,
  LP_PROC_MEM_PROCESS_VM_WRITEV: 1,
} as const;
/** A value of {@linkcode LpDetectProcMem}. */
export type LpDetectProcMem = (typeof LpDetectProcMem)[keyof typeof LpDetectProcMem];

/** `enum lp_detect_replaced` */
export const LpDetectReplaced = {
  LP_REPLACED_DELETED: 0,
  LP_REPLACED_REPLACED: 1,
  LP_REPLACED_MOVED: 2,
} as const;
/** A value of {@linkcode LpDetectReplaced}. */
export type LpDetectReplaced = (typeof LpDetectReplaced)[keyof typeof LpDetectReplaced];

/** `enum lp_detector_number` */
export const LpDetectorNumber = {
  LP_DETECT_EXEC: 0,
  LP_DETECT_REPLACED: 1,
  LP_DETECT_PROC_MEM: 2,
  LP_DETECT_MPROTECT: 3,
  LP_DETECTORS: 4,
} as const;
/** A value of {@linkcode LpDetectorNumber}. */
export type LpDetectorNumber = (typeof LpDetectorNumber)[keyof typeof LpDetectorNumber];

/** `enum lp_digests` */
export const LpDigests = {
  LP_DIGESTS_NONE: 0,
  LP_DIGESTS_LOG: 1,
  LP_DIGESTS_RULES: 2,
} as const;
/** A value of {@linkcode LpDigests}. */
export type LpDigests = (typeof LpDigests)[keyof typeof LpDigests];

/** `enum lp_dim` */
export const LpDim = {
  LP_DIM_TARGET_FILENAME: 0,
  LP_DIM_TARGET_FOLDER: 1,
  LP_DIM_LANDING_FILENAME: 2,
  LP_DIM_LANDING_FOLDER: 3,
  LP_DIM_CREATOR_PROCESS: 4,
  LP_DIM_CREATOR_COMM: 5,
  LP_DIM_CREATOR_UID: 6,
  LP_DIM_WRITER_PROCESS: 7,
  LP_DIM_WRITER_UID: 8,
  LP_DIM_ORIGIN_ZONE: 9,
  LP_DIM_SHA256: 10,
  LP_DIM_EXECUTION_UID: 11,
  LP_DIMS: 12,
} as const;
/** A value of {@linkcode LpDim}. */
export type LpDim = (typeof LpDim)[keyof typeof LpDim];

/** `enum lp_event_type` */
export const LpEventType = {
  LP_EVENT_VERDICT: 1,
  LP_EVENT_MARK: 2,
  LP_EVENT_LOCAL: 3,
  LP_EVENT_ORIGIN: 4,
  LP_EVENT_GUARD: 5,
  LP_EVENT_NAME: 6,
  LP_EVENT_SELF: 7,
  LP_EVENT_DETECTED: 8,
  LP_EVENT_GONE: 9,
} as const;
/** A value of {@linkcode LpEventType}. */
export type LpEventType = (typeof LpEventType)[keyof typeof LpEventType];

/** `enum lp_fileless` */
export const LpFileless = {
  LP_FILELESS_MEMFD: 0,
  LP_FILELESS_UNLINKED: 1,
  LP_FILELESS_LIBRARY: 2,
} as const;
/** A value of {@linkcode LpFileless}. */
export type LpFileless = (typeof LpFileless)[keyof typeof LpFileless];

/** `enum lp_filesystem` */
export const LpFilesystem = {
  LP_FILESYSTEM_REMOUNT_ROOT: 0,
  LP_FILESYSTEM_WRITE_ROOT: 1,
  LP_FILESYSTEM_SYSFS_WRITE: 2,
  LP_FILESYSTEM_MOUNT: 3,
  LP_FILESYSTEM_UMOUNT: 4,
} as const;
/** A value of {@linkcode LpFilesystem}. */
export type LpFilesystem = (typeof LpFilesystem)[keyof typeof LpFilesystem];

/** `enum lp_guard_number` */
export const LpGuardNumber = {
  LP_GUARD_KERNEL_IMAGE: 0,
  LP_GUARD_KERNEL_MODULES: 1,
  LP_GUARD_BPF: 2,
  LP_GUARD_FILELESS: 3,
  LP_GUARD_FILESYSTEM: 4,
  LP_GUARD_NAMESPACES: 5,
  LP_GUARDS: 6,
} as const;
/** A value of {@linkcode LpGuardNumber}. */
export type LpGuardNumber = (typeof LpGuardNumber)[keyof typeof LpGuardNumber];

/** `enum lp_kernel_image` */
export const LpKernelImage = {
  LP_KERNEL_IMAGE_UNSIGNED_MODULE: 0,
  LP_KERNEL_IMAGE_AUTOLOAD_MODULE: 1,
  LP_KERNEL_IMAGE_UNSAFE_MODULE_PARAMETERS: 2,
  LP_KERNEL_IMAGE_DEV_MEM: 3,
  LP_KERNEL_IMAGE_EFI_TEST: 4,
  LP_KERNEL_IMAGE_KEXEC: 5,
  LP_KERNEL_IMAGE_HIBERNATION: 6,
  LP_KERNEL_IMAGE_PCI_ACCESS: 7,
  LP_KERNEL_IMAGE_IOPORT: 8,
  LP_KERNEL_IMAGE_MSR: 9,
  LP_KERNEL_IMAGE_ACPI_TABLES: 10,
  LP_KERNEL_IMAGE_PCMCIA_CIS: 11,
  LP_KERNEL_IMAGE_TIOCSSERIAL: 12,
  LP_KERNEL_IMAGE_MMIOTRACE: 13,
  LP_KERNEL_IMAGE_DEBUGFS: 14,
  LP_KERNEL_IMAGE_XMON_RW: 15,
  LP_KERNEL_IMAGE_BPF_WRITE: 16,
  LP_KERNEL_IMAGE_KCORE: 17,
} as const;
/** A value of {@linkcode LpKernelImage}. */
export type LpKernelImage = (typeof LpKernelImage)[keyof typeof LpKernelImage];

/** `enum lp_kernel_modules` */
export const LpKernelModules = {
  LP_KERNEL_MODULES_LOAD_MODULE: 0,
  LP_KERNEL_MODULES_AUTOLOAD_MODULE: 1,
  LP_KERNEL_MODULES_UNSIGNED_MODULE: 2,
  LP_KERNEL_MODULES_UNSAFE_MODULE_PARAMETERS: 3,
} as const;
/** A value of {@linkcode LpKernelModules}. */
export type LpKernelModules = (typeof LpKernelModules)[keyof typeof LpKernelModules];

/** `enum lp_kind` */
export const LpKind = {
  LP_KIND_EXEC: 1,
  LP_KIND_SCRIPT: 2,
  LP_KIND_MMAP: 3,
  LP_KIND_PIPE: 4,
} as const;
/** A value of {@linkcode LpKind}. */
export type LpKind = (typeof LpKind)[keyof typeof LpKind];

/** `enum lp_mode` */
export const LpMode = {
  LP_MODE_OBSERVE: 0,
  LP_MODE_SOAK: 1,
  LP_MODE_ENFORCE: 2,
} as const;
/** A value of {@linkcode LpMode}. */
export type LpMode = (typeof LpMode)[keyof typeof LpMode];

/** `enum lp_namespaces` */
export const LpNamespaces = {
  LP_NAMESPACES_USER: 0,
  LP_NAMESPACES_MOUNT: 1,
  LP_NAMESPACES_NET: 2,
  LP_NAMESPACES_PID: 3,
  LP_NAMESPACES_IPC: 4,
  LP_NAMESPACES_UTS: 5,
  LP_NAMESPACES_CGROUP: 6,
} as const;
/** A value of {@linkcode LpNamespaces}. */
export type LpNamespaces = (typeof LpNamespaces)[keyof typeof LpNamespaces];

/** `enum lp_permission` */
export const LpPermission = {
  LP_PERMISSION_OFF: 0,
  LP_PERMISSION_NONE: 1,
  LP_PERMISSION_RESTRICT: 2,
  LP_PERMISSION_DENY: 3,
} as const;
/** A value of {@linkcode LpPermission}. */
export type LpPermission = (typeof LpPermission)[keyof typeof LpPermission];

/** `enum lp_place` */
export const LpPlace = {
  LP_PLACE_STATE: 0,
  LP_PLACE_PINS: 1,
  LP_PLACE_PINNED: 2,
  LP_PLACE_ABOVE_STATE: 3,
  LP_PLACE_ABOVE_PINS: 6,
  LP_PLACE_CACHE: 9,
  LP_PLACE_PROGRAM: 10,
  LP_PLACE_INSTALLED: 11,
  LP_PLACES: 12,
} as const;
/** A value of {@linkcode LpPlace}. */
export type LpPlace = (typeof LpPlace)[keyof typeof LpPlace];

/** `enum lp_self` */
export const LpSelf = {
  LP_SELF_STATE: 0,
  LP_SELF_PIN: 1,
  LP_SELF_MAP: 2,
  LP_SELF_PROGRAM: 3,
  LP_SELF_PROCESS: 4,
} as const;
/** A value of {@linkcode LpSelf}. */
export type LpSelf = (typeof LpSelf)[keyof typeof LpSelf];

/** `enum lp_self_operation` */
export const LpSelfOperation = {
  LP_SELF_CREATE: 0,
  LP_SELF_MKDIR: 1,
  LP_SELF_SYMLINK: 2,
  LP_SELF_LINK: 3,
  LP_SELF_MKNOD: 4,
  LP_SELF_UNLINK: 5,
  LP_SELF_RMDIR: 6,
  LP_SELF_RENAME: 7,
  LP_SELF_OPEN: 8,
  LP_SELF_TRUNCATE: 9,
  LP_SELF_CHMOD: 10,
  LP_SELF_CHOWN: 11,
  LP_SELF_SETXATTR: 12,
  LP_SELF_REMOVEXATTR: 13,
  LP_SELF_MOUNT: 14,
  LP_SELF_UMOUNT: 15,
  LP_SELF_KILL: 16,
  LP_SELF_PTRACE: 17,
  LP_SELF_RLIMIT: 18,
  LP_SELF_NICE: 19,
  LP_SELF_SCHEDULER: 20,
} as const;
/** A value of {@linkcode LpSelfOperation}. */
export type LpSelfOperation = (typeof LpSelfOperation)[keyof typeof LpSelfOperation];

/** `enum lp_state` */
export const LpState = {
  LP_STATE_VERSION: 1,
} as const;
/** A value of {@linkcode LpState}. */
export type LpState = (typeof LpState)[keyof typeof LpState];

/** `enum lp_verdict` */
export const LpVerdict = {
  LP_VERDICT_ALLOW: 1,
  LP_VERDICT_BLOCK: 2,
  LP_VERDICT_WOULD_BLOCK: 3,
  LP_VERDICT_SPARED: 4,
} as const;
/** A value of {@linkcode LpVerdict}. */
export type LpVerdict = (typeof LpVerdict)[keyof typeof LpVerdict];

/** `enum lp_volume` */
export const LpVolume = {
  LP_VOLUME_NETWORK: 1,
  LP_VOLUME_FUSE: 2,
  LP_VOLUME_REMOVABLE: 4,
  LP_VOLUME_USERNS: 8,
  LP_VOLUME_IMAGE: 16,
} as const;
/** A value of {@linkcode LpVolume}. */
export type LpVolume = (typeof LpVolume)[keyof typeof LpVolume];

/** `enum lp_zone` */
export const LpZone = {
  LP_ZONE_NONE: 0,
  LP_ZONE_LOCAL: 1,
  LP_ZONE_LAN: 2,
  LP_ZONE_NAMED: 16,
  LP_ZONE_INTERNET: 240,
  LP_ZONE_FOREIGN: 250,
  LP_ZONE_UNKNOWN: 255,
} as const;
/** A value of {@linkcode LpZone}. */
export type LpZone = (typeof LpZone)[keyof typeof LpZone];

/** `struct lp_ancestor`: 24 bytes. */
export interface LpAncestor {
  pid: number;
  pathLen: number;
  comm: Uint8Array;
}
/** Where the fields of {@linkcode LpAncestor} lie. */
export const lpAncestor = {
  size: 24,
  fields: {
    pid: { offset: 0, size: 4, kind: "u32" },
    pathLen: { offset: 4, size: 4, kind: "u32" },
    comm: { offset: 8, size: 16, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpAncestor}. */
export function readLpAncestor(view: DataView, base = 0): LpAncestor {
  return {
    pid: view.getUint32(base, true),
    pathLen: view.getUint32(base + 4, true),
    comm: copy(view, base + 8, 16),
  };
}
/** Writes a {@linkcode LpAncestor}. */
export function writeLpAncestor(view: DataView, base: number, value: LpAncestor): void {
  view.setUint32(base, value.pid, true);
  view.setUint32(base + 4, value.pathLen, true);
  put(view, base + 8, 16, value.comm);
}

/** `struct lp_case`: 240 bytes. */
export interface LpCase {
  mark: LpMark;
  origin: LpOrigin;
  file: bigint;
  folder: bigint;
  ancestor: BigUint64Array;
  ancestors: number;
  pathFlags: number;
  hasPath: number;
  hasOrigin: number;
  digest: bigint;
  now: bigint;
  allowed: number;
  denied: number;
  rule: number;
  zero: number;
}
/** Where the fields of {@linkcode LpCase} lie. */
export const lpCase = {
  size: 240,
  fields: {
    mark: { offset: 0, size: 40, kind: "lp_mark" },
    origin: { offset: 40, size: 72, kind: "lp_origin" },
    file: { offset: 112, size: 8, kind: "u64" },
    folder: { offset: 120, size: 8, kind: "u64" },
    ancestor: { offset: 128, size: 64, kind: "u64[]" },
    ancestors: { offset: 192, size: 4, kind: "u32" },
    pathFlags: { offset: 196, size: 4, kind: "u32" },
    hasPath: { offset: 200, size: 4, kind: "u32" },
    hasOrigin: { offset: 204, size: 4, kind: "u32" },
    digest: { offset: 208, size: 8, kind: "u64" },
    now: { offset: 216, size: 8, kind: "u64" },
    allowed: { offset: 224, size: 4, kind: "u32" },
    denied: { offset: 228, size: 4, kind: "u32" },
    rule: { offset: 232, size: 4, kind: "u32" },
    zero: { offset: 236, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpCase}. */
export function readLpCase(view: DataView, base = 0): LpCase {
  return {
    mark: readLpMark(view, base),
    origin: readLpOrigin(view, base + 40),
    file: view.getBigUint64(base + 112, true),
    folder: view.getBigUint64(base + 120, true),
    ancestor: new BigUint64Array(copy(view, base + 128, 64).buffer),
    ancestors: view.getUint32(base + 192, true),
    pathFlags: view.getUint32(base + 196, true),
    hasPath: view.getUint32(base + 200, true),
    hasOrigin: view.getUint32(base + 204, true),
    digest: view.getBigUint64(base + 208, true),
    now: view.getBigUint64(base + 216, true),
    allowed: view.getUint32(base + 224, true),
    denied: view.getUint32(base + 228, true),
    rule: view.getUint32(base + 232, true),
    zero: view.getUint32(base + 236, true),
  };
}
/** Writes a {@linkcode LpCase}. */
export function writeLpCase(view: DataView, base: number, value: LpCase): void {
  writeLpMark(view, base, value.mark);
  writeLpOrigin(view, base + 40, value.origin);
  view.setBigUint64(base + 112, value.file, true);
  view.setBigUint64(base + 120, value.folder, true);
  put(view, base + 128, 64, value.ancestor);
  view.setUint32(base + 192, value.ancestors, true);
  view.setUint32(base + 196, value.pathFlags, true);
  view.setUint32(base + 200, value.hasPath, true);
  view.setUint32(base + 204, value.hasOrigin, true);
  view.setBigUint64(base + 208, value.digest, true);
  view.setBigUint64(base + 216, value.now, true);
  view.setUint32(base + 224, value.allowed, true);
  view.setUint32(base + 228, value.denied, true);
  view.setUint32(base + 232, value.rule, true);
  view.setUint32(base + 236, value.zero, true);
}

/** `struct lp_cases`: 3840 bytes. */
export interface LpCases {
  cases: LpCase[];
}
/** Where the fields of {@linkcode LpCases} lie. */
export const lpCases = {
  size: 3840,
  fields: {
    cases: { offset: 0, size: 3840, kind: "lp_case[]" },
  },
} as const;
/** Reads a {@linkcode LpCases}. */
export function readLpCases(view: DataView, base = 0): LpCases {
  return {
    cases: Array.from({ length: 16 }, (_, i) => readLpCase(view, base + i * 240)),
  };
}
/** Writes a {@linkcode LpCases}. */
export function writeLpCases(view: DataView, base: number, value: LpCases): void {
  for (let i = 0; i < 16; i++) writeLpCase(view, base + i * 240, value.cases[i]!);
}

/** `struct lp_cidr`: 20 bytes. */
export interface LpCidr {
  prefix: number;
  addr: Uint8Array;
}
/** Where the fields of {@linkcode LpCidr} lie. */
export const lpCidr = {
  size: 20,
  fields: {
    prefix: { offset: 0, size: 4, kind: "u32" },
    addr: { offset: 4, size: 16, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpCidr}. */
export function readLpCidr(view: DataView, base = 0): LpCidr {
  return {
    prefix: view.getUint32(base, true),
    addr: copy(view, base + 4, 16),
  };
}
/** Writes a {@linkcode LpCidr}. */
export function writeLpCidr(view: DataView, base: number, value: LpCidr): void {
  view.setUint32(base, value.prefix, true);
  put(view, base + 4, 16, value.addr);
}

/** `struct lp_config`: 88 bytes. */
export interface LpConfig {
  mode: number;
  active: number;
  policy: number;
  daemon: number;
  bootEpoch: bigint;
  hostMntNs: number;
  hostNetNs: number;
  hostIpcNs: number;
  hostUtsNs: number;
  hostCgroupNs: number;
  hostRootDev: number;
  markLocalhost: number;
  interpreters: number;
  logAllowed: number;
  trusts: number;
  shellTaintS: number;
  volumes: number;
  digests: number;
  daemonStarted: bigint;
  trialEnds: bigint;
  digestAll: number;
  zero: number;
}
/** Where the fields of {@linkcode LpConfig} lie. */
export const lpConfig = {
  size: 88,
  fields: {
    mode: { offset: 0, size: 4, kind: "u32" },
    active: { offset: 4, size: 4, kind: "u32" },
    policy: { offset: 8, size: 4, kind: "u32" },
    daemon: { offset: 12, size: 4, kind: "u32" },
    bootEpoch: { offset: 16, size: 8, kind: "u64" },
    hostMntNs: { offset: 24, size: 4, kind: "u32" },
    hostNetNs: { offset: 28, size: 4, kind: "u32" },
    hostIpcNs: { offset: 32, size: 4, kind: "u32" },
    hostUtsNs: { offset: 36, size: 4, kind: "u32" },
    hostCgroupNs: { offset: 40, size: 4, kind: "u32" },
    hostRootDev: { offset: 44, size: 4, kind: "u32" },
    markLocalhost: { offset: 48, size: 1, kind: "u8" },
    interpreters: { offset: 49, size: 1, kind: "u8" },
    logAllowed: { offset: 50, size: 1, kind: "u8" },
    trusts: { offset: 51, size: 1, kind: "u8" },
    shellTaintS: { offset: 52, size: 4, kind: "u32" },
    volumes: { offset: 56, size: 4, kind: "u32" },
    digests: { offset: 60, size: 4, kind: "u32" },
    daemonStarted: { offset: 64, size: 8, kind: "u64" },
    trialEnds: { offset: 72, size: 8, kind: "u64" },
    digestAll: { offset: 80, size: 4, kind: "u32" },
    zero: { offset: 84, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpConfig}. */
export function readLpConfig(view: DataView, base = 0): LpConfig {
  return {
    mode: view.getUint32(base, true),
    active: view.getUint32(base + 4, true),
    policy: view.getUint32(base + 8, true),
    daemon: view.getUint32(base + 12, true),
    bootEpoch: view.getBigUint64(base + 16, true),
    hostMntNs: view.getUint32(base + 24, true),
    hostNetNs: view.getUint32(base + 28, true),
    hostIpcNs: view.getUint32(base + 32, true),
    hostUtsNs: view.getUint32(base + 36, true),
    hostCgroupNs: view.getUint32(base + 40, true),
    hostRootDev: view.getUint32(base + 44, true),
    markLocalhost: view.getUint8(base + 48),
    interpreters: view.getUint8(base + 49),
    logAllowed: view.getUint8(base + 50),
    trusts: view.getUint8(base + 51),
    shellTaintS: view.getUint32(base + 52, true),
    volumes: view.getUint32(base + 56, true),
    digests: view.getUint32(base + 60, true),
    daemonStarted: view.getBigUint64(base + 64, true),
    trialEnds: view.getBigUint64(base + 72, true),
    digestAll: view.getUint32(base + 80, true),
    zero: view.getUint32(base + 84, true),
  };
}
/** Writes a {@linkcode LpConfig}. */
export function writeLpConfig(view: DataView, base: number, value: LpConfig): void {
  view.setUint32(base, value.mode, true);
  view.setUint32(base + 4, value.active, true);
  view.setUint32(base + 8, value.policy, true);
  view.setUint32(base + 12, value.daemon, true);
  view.setBigUint64(base + 16, value.bootEpoch, true);
  view.setUint32(base + 24, value.hostMntNs, true);
  view.setUint32(base + 28, value.hostNetNs, true);
  view.setUint32(base + 32, value.hostIpcNs, true);
  view.setUint32(base + 36, value.hostUtsNs, true);
  view.setUint32(base + 40, value.hostCgroupNs, true);
  view.setUint32(base + 44, value.hostRootDev, true);
  view.setUint8(base + 48, value.markLocalhost);
  view.setUint8(base + 49, value.interpreters);
  view.setUint8(base + 50, value.logAllowed);
  view.setUint8(base + 51, value.trusts);
  view.setUint32(base + 52, value.shellTaintS, true);
  view.setUint32(base + 56, value.volumes, true);
  view.setUint32(base + 60, value.digests, true);
  view.setBigUint64(base + 64, value.daemonStarted, true);
  view.setBigUint64(base + 72, value.trialEnds, true);
  view.setUint32(base + 80, value.digestAll, true);
  view.setUint32(base + 84, value.zero, true);
}

/** `struct lp_detection`: 224 bytes. */
export interface LpDetection {
  exeLen: number;
  targetLen: number;
  targetPid: number;
  ancestors: number;
  argumentsLen: number;
  argumentsBytes: number;
  environmentLen: number;
  flags: number;
  ancestor: LpAncestor[];
}
/** Where the fields of {@linkcode LpDetection} lie. */
export const lpDetection = {
  size: 224,
  fields: {
    exeLen: { offset: 0, size: 4, kind: "u32" },
    targetLen: { offset: 4, size: 4, kind: "u32" },
    targetPid: { offset: 8, size: 4, kind: "u32" },
    ancestors: { offset: 12, size: 4, kind: "u32" },
    argumentsLen: { offset: 16, size: 4, kind: "u32" },
    argumentsBytes: { offset: 20, size: 4, kind: "u32" },
    environmentLen: { offset: 24, size: 4, kind: "u32" },
    flags: { offset: 28, size: 4, kind: "u32" },
    ancestor: { offset: 32, size: 192, kind: "lp_ancestor[]" },
  },
} as const;
/** Reads a {@linkcode LpDetection}. */
export function readLpDetection(view: DataView, base = 0): LpDetection {
  return {
    exeLen: view.getUint32(base, true),
    targetLen: view.getUint32(base + 4, true),
    targetPid: view.getUint32(base + 8, true),
    ancestors: view.getUint32(base + 12, true),
    argumentsLen: view.getUint32(base + 16, true),
    argumentsBytes: view.getUint32(base + 20, true),
    environmentLen: view.getUint32(base + 24, true),
    flags: view.getUint32(base + 28, true),
    ancestor: Array.from({ length: 8 }, (_, i) => readLpAncestor(view, base + 32 + i * 24)),
  };
}
/** Writes a {@linkcode LpDetection}. */
export function writeLpDetection(view: DataView, base: number, value: LpDetection): void {
  view.setUint32(base, value.exeLen, true);
  view.setUint32(base + 4, value.targetLen, true);
  view.setUint32(base + 8, value.targetPid, true);
  view.setUint32(base + 12, value.ancestors, true);
  view.setUint32(base + 16, value.argumentsLen, true);
  view.setUint32(base + 20, value.argumentsBytes, true);
  view.setUint32(base + 24, value.environmentLen, true);
  view.setUint32(base + 28, value.flags, true);
  for (let i = 0; i < 8; i++) writeLpAncestor(view, base + 32 + i * 24, value.ancestor[i]!);
}

/** `struct lp_detector`: 16 bytes. */
export interface LpDetector {
  flags: number;
  programs: number;
  generation: number;
  perSecond: number;
}
/** Where the fields of {@linkcode LpDetector} lie. */
export const lpDetector = {
  size: 16,
  fields: {
    flags: { offset: 0, size: 4, kind: "u32" },
    programs: { offset: 4, size: 4, kind: "u32" },
    generation: { offset: 8, size: 4, kind: "u32" },
    perSecond: { offset: 12, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpDetector}. */
export function readLpDetector(view: DataView, base = 0): LpDetector {
  return {
    flags: view.getUint32(base, true),
    programs: view.getUint32(base + 4, true),
    generation: view.getUint32(base + 8, true),
    perSecond: view.getUint32(base + 12, true),
  };
}
/** Writes a {@linkcode LpDetector}. */
export function writeLpDetector(view: DataView, base: number, value: LpDetector): void {
  view.setUint32(base, value.flags, true);
  view.setUint32(base + 4, value.programs, true);
  view.setUint32(base + 8, value.generation, true);
  view.setUint32(base + 12, value.perSecond, true);
}

/** `struct lp_detector_counts`: 32 bytes. */
export interface LpDetectorCounts {
  detected: bigint;
  dropped: bigint;
  second: bigint;
  inSecond: bigint;
}
/** Where the fields of {@linkcode LpDetectorCounts} lie. */
export const lpDetectorCounts = {
  size: 32,
  fields: {
    detected: { offset: 0, size: 8, kind: "u64" },
    dropped: { offset: 8, size: 8, kind: "u64" },
    second: { offset: 16, size: 8, kind: "u64" },
    inSecond: { offset: 24, size: 8, kind: "u64" },
  },
} as const;
/** Reads a {@linkcode LpDetectorCounts}. */
export function readLpDetectorCounts(view: DataView, base = 0): LpDetectorCounts {
  return {
    detected: view.getBigUint64(base, true),
    dropped: view.getBigUint64(base + 8, true),
    second: view.getBigUint64(base + 16, true),
    inSecond: view.getBigUint64(base + 24, true),
  };
}
/** Writes a {@linkcode LpDetectorCounts}. */
export function writeLpDetectorCounts(view: DataView, base: number, value: LpDetectorCounts): void {
  view.setBigUint64(base, value.detected, true);
  view.setBigUint64(base + 8, value.dropped, true);
  view.setBigUint64(base + 16, value.second, true);
  view.setBigUint64(base + 24, value.inSecond, true);
}

/** `struct lp_detector_program`: 16 bytes. */
export interface LpDetectorProgram {
  exe: bigint;
  detector: number;
  zero: number;
}
/** Where the fields of {@linkcode LpDetectorProgram} lie. */
export const lpDetectorProgram = {
  size: 16,
  fields: {
    exe: { offset: 0, size: 8, kind: "u64" },
    detector: { offset: 8, size: 4, kind: "u32" },
    zero: { offset: 12, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpDetectorProgram}. */
export function readLpDetectorProgram(view: DataView, base = 0): LpDetectorProgram {
  return {
    exe: view.getBigUint64(base, true),
    detector: view.getUint32(base + 8, true),
    zero: view.getUint32(base + 12, true),
  };
}
/** Writes a {@linkcode LpDetectorProgram}. */
export function writeLpDetectorProgram(
  view: DataView,
  base: number,
  value: LpDetectorProgram,
): void {
  view.setBigUint64(base, value.exe, true);
  view.setUint32(base + 8, value.detector, true);
  view.setUint32(base + 12, value.zero, true);
}

/** `struct lp_enums`: 352 bytes. */
export interface LpEnums {
  rule: LpRule;
  dim: number;
  mode: number;
  zone: number;
  counter: number;
  eventType: number;
  kind: number;
  volume: number;
  verdict: number;
  state: number;
  guard: number;
  permission: number;
  kernelImage: number;
  kernelModules: number;
  bpf: number;
  fileless: number;
  filesystem: number;
  namespaces: number;
  digests: number;
  self: number;
  selfOperation: number;
  place: number;
  detector: number;
  detectReplaced: number;
  detectProcMem: number;
  detectMprotect: number;
  zero: number;
  detection: LpDetection;
}
/** Where the fields of {@linkcode LpEnums} lie. */
export const lpEnums = {
  size: 352,
  fields: {
    rule: { offset: 0, size: 24, kind: "lp_rule" },
    dim: { offset: 24, size: 4, kind: "u32" },
    mode: { offset: 28, size: 4, kind: "u32" },
    zone: { offset: 32, size: 4, kind: "u32" },
    counter: { offset: 36, size: 4, kind: "u32" },
    eventType: { offset: 40, size: 4, kind: "u32" },
    kind: { offset: 44, size: 4, kind: "u32" },
    volume: { offset: 48, size: 4, kind: "u32" },
    verdict: { offset: 52, size: 4, kind: "u32" },
    state: { offset: 56, size: 4, kind: "u32" },
    guard: { offset: 60, size: 4, kind: "u32" },
    permission: { offset: 64, size: 4, kind: "u32" },
    kernelImage: { offset: 68, size: 4, kind: "u32" },
    kernelModules: { offset: 72, size: 4, kind: "u32" },
    bpf: { offset: 76, size: 4, kind: "u32" },
    fileless: { offset: 80, size: 4, kind: "u32" },
    filesystem: { offset: 84, size: 4, kind: "u32" },
    namespaces: { offset: 88, size: 4, kind: "u32" },
    digests: { offset: 92, size: 4, kind: "u32" },
    self: { offset: 96, size: 4, kind: "u32" },
    selfOperation: { offset: 100, size: 4, kind: "u32" },
    place: { offset: 104, size: 4, kind: "u32" },
    detector: { offset: 108, size: 4, kind: "u32" },
    detectReplaced: { offset: 112, size: 4, kind: "u32" },
    detectProcMem: { offset: 116, size: 4, kind: "u32" },
    detectMprotect: { offset: 120, size: 4, kind: "u32" },
    zero: { offset: 124, size: 4, kind: "u32" },
    detection: { offset: 128, size: 224, kind: "lp_detection" },
  },
} as const;
/** Reads a {@linkcode LpEnums}. */
export function readLpEnums(view: DataView, base = 0): LpEnums {
  return {
    rule: readLpRule(view, base),
    dim: view.getUint32(base + 24, true),
    mode: view.getUint32(base + 28, true),
    zone: view.getUint32(base + 32, true),
    counter: view.getUint32(base + 36, true),
    eventType: view.getUint32(base + 40, true),
    kind: view.getUint32(base + 44, true),
    volume: view.getUint32(base + 48, true),
    verdict: view.getUint32(base + 52, true),
    state: view.getUint32(base + 56, true),
    guard: view.getUint32(base + 60, true),
    permission: view.getUint32(base + 64, true),
    kernelImage: view.getUint32(base + 68, true),
    kernelModules: view.getUint32(base + 72, true),
    bpf: view.getUint32(base + 76, true),
    fileless: view.getUint32(base + 80, true),
    filesystem: view.getUint32(base + 84, true),
    namespaces: view.getUint32(base + 88, true),
    digests: view.getUint32(base + 92, true),
    self: view.getUint32(base + 96, true),
    selfOperation: view.getUint32(base + 100, true),
    place: view.getUint32(base + 104, true),
    detector: view.getUint32(base + 108, true),
    detectReplaced: view.getUint32(base + 112, true),
    detectProcMem: view.getUint32(base + 116, true),
    detectMprotect: view.getUint32(base + 120, true),
    zero: view.getUint32(base + 124, true),
    detection: readLpDetection(view, base + 128),
  };
}
/** Writes a {@linkcode LpEnums}. */
export function writeLpEnums(view: DataView, base: number, value: LpEnums): void {
  writeLpRule(view, base, value.rule);
  view.setUint32(base + 24, value.dim, true);
  view.setUint32(base + 28, value.mode, true);
  view.setUint32(base + 32, value.zone, true);
  view.setUint32(base + 36, value.counter, true);
  view.setUint32(base + 40, value.eventType, true);
  view.setUint32(base + 44, value.kind, true);
  view.setUint32(base + 48, value.volume, true);
  view.setUint32(base + 52, value.verdict, true);
  view.setUint32(base + 56, value.state, true);
  view.setUint32(base + 60, value.guard, true);
  view.setUint32(base + 64, value.permission, true);
  view.setUint32(base + 68, value.kernelImage, true);
  view.setUint32(base + 72, value.kernelModules, true);
  view.setUint32(base + 76, value.bpf, true);
  view.setUint32(base + 80, value.fileless, true);
  view.setUint32(base + 84, value.filesystem, true);
  view.setUint32(base + 88, value.namespaces, true);
  view.setUint32(base + 92, value.digests, true);
  view.setUint32(base + 96, value.self, true);
  view.setUint32(base + 100, value.selfOperation, true);
  view.setUint32(base + 104, value.place, true);
  view.setUint32(base + 108, value.detector, true);
  view.setUint32(base + 112, value.detectReplaced, true);
  view.setUint32(base + 116, value.detectProcMem, true);
  view.setUint32(base + 120, value.detectMprotect, true);
  view.setUint32(base + 124, value.zero, true);
  writeLpDetection(view, base + 128, value.detection);
}

/** `struct lp_event`: 280 bytes. */
export interface LpEvent {
  type: number;
  flags: number;
  textLen: number;
  time: bigint;
  pid: number;
  uid: number;
  rule: number;
  kind: number;
  verdict: number;
  mode: number;
  zero: number;
  comm: Uint8Array;
  file: LpFileId;
  from: LpFileId;
  mark: LpMark;
  origin: LpOrigin;
  targetFile: bigint;
  targetFolder: bigint;
  folder: bigint;
  digest: Uint8Array;
}
/** Where the fields of {@linkcode LpEvent} lie. */
export const lpEvent = {
  size: 280,
  fields: {
    type: { offset: 0, size: 2, kind: "u16" },
    flags: { offset: 2, size: 2, kind: "u16" },
    textLen: { offset: 4, size: 4, kind: "u32" },
    time: { offset: 8, size: 8, kind: "u64" },
    pid: { offset: 16, size: 4, kind: "u32" },
    uid: { offset: 20, size: 4, kind: "u32" },
    rule: { offset: 24, size: 4, kind: "u32" },
    kind: { offset: 28, size: 1, kind: "u8" },
    verdict: { offset: 29, size: 1, kind: "u8" },
    mode: { offset: 30, size: 1, kind: "u8" },
    zero: { offset: 31, size: 1, kind: "u8" },
    comm: { offset: 32, size: 16, kind: "bytes" },
    file: { offset: 48, size: 32, kind: "lp_file_id" },
    from: { offset: 80, size: 32, kind: "lp_file_id" },
    mark: { offset: 112, size: 40, kind: "lp_mark" },
    origin: { offset: 152, size: 72, kind: "lp_origin" },
    targetFile: { offset: 224, size: 8, kind: "u64" },
    targetFolder: { offset: 232, size: 8, kind: "u64" },
    folder: { offset: 240, size: 8, kind: "u64" },
    digest: { offset: 248, size: 32, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpEvent}. */
export function readLpEvent(view: DataView, base = 0): LpEvent {
  return {
    type: view.getUint16(base, true),
    flags: view.getUint16(base + 2, true),
    textLen: view.getUint32(base + 4, true),
    time: view.getBigUint64(base + 8, true),
    pid: view.getUint32(base + 16, true),
    uid: view.getUint32(base + 20, true),
    rule: view.getUint32(base + 24, true),
    kind: view.getUint8(base + 28),
    verdict: view.getUint8(base + 29),
    mode: view.getUint8(base + 30),
    zero: view.getUint8(base + 31),
    comm: copy(view, base + 32, 16),
    file: readLpFileId(view, base + 48),
    from: readLpFileId(view, base + 80),
    mark: readLpMark(view, base + 112),
    origin: readLpOrigin(view, base + 152),
    targetFile: view.getBigUint64(base + 224, true),
    targetFolder: view.getBigUint64(base + 232, true),
    folder: view.getBigUint64(base + 240, true),
    digest: copy(view, base + 248, 32),
  };
}
/** Writes a {@linkcode LpEvent}. */
export function writeLpEvent(view: DataView, base: number, value: LpEvent): void {
  view.setUint16(base, value.type, true);
  view.setUint16(base + 2, value.flags, true);
  view.setUint32(base + 4, value.textLen, true);
  view.setBigUint64(base + 8, value.time, true);
  view.setUint32(base + 16, value.pid, true);
  view.setUint32(base + 20, value.uid, true);
  view.setUint32(base + 24, value.rule, true);
  view.setUint8(base + 28, value.kind);
  view.setUint8(base + 29, value.verdict);
  view.setUint8(base + 30, value.mode);
  view.setUint8(base + 31, value.zero);
  put(view, base + 32, 16, value.comm);
  writeLpFileId(view, base + 48, value.file);
  writeLpFileId(view, base + 80, value.from);
  writeLpMark(view, base + 112, value.mark);
  writeLpOrigin(view, base + 152, value.origin);
  view.setBigUint64(base + 224, value.targetFile, true);
  view.setBigUint64(base + 232, value.targetFolder, true);
  view.setBigUint64(base + 240, value.folder, true);
  put(view, base + 248, 32, value.digest);
}

/** `struct lp_file_id`: 32 bytes. */
export interface LpFileId {
  fs: Uint8Array;
  ino: bigint;
  gen: number;
  dev: number;
}
/** Where the fields of {@linkcode LpFileId} lie. */
export const lpFileId = {
  size: 32,
  fields: {
    fs: { offset: 0, size: 16, kind: "bytes" },
    ino: { offset: 16, size: 8, kind: "u64" },
    gen: { offset: 24, size: 4, kind: "u32" },
    dev: { offset: 28, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpFileId}. */
export function readLpFileId(view: DataView, base = 0): LpFileId {
  return {
    fs: copy(view, base, 16),
    ino: view.getBigUint64(base + 16, true),
    gen: view.getUint32(base + 24, true),
    dev: view.getUint32(base + 28, true),
  };
}
/** Writes a {@linkcode LpFileId}. */
export function writeLpFileId(view: DataView, base: number, value: LpFileId): void {
  put(view, base, 16, value.fs);
  view.setBigUint64(base + 16, value.ino, true);
  view.setUint32(base + 24, value.gen, true);
  view.setUint32(base + 28, value.dev, true);
}

/** `struct lp_guard`: 16 bytes. */
export interface LpGuard {
  permission: number;
  operations: number;
  programs: number;
  places: number;
}
/** Where the fields of {@linkcode LpGuard} lie. */
export const lpGuard = {
  size: 16,
  fields: {
    permission: { offset: 0, size: 4, kind: "u32" },
    operations: { offset: 4, size: 4, kind: "u32" },
    programs: { offset: 8, size: 4, kind: "u32" },
    places: { offset: 12, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpGuard}. */
export function readLpGuard(view: DataView, base = 0): LpGuard {
  return {
    permission: view.getUint32(base, true),
    operations: view.getUint32(base + 4, true),
    programs: view.getUint32(base + 8, true),
    places: view.getUint32(base + 12, true),
  };
}
/** Writes a {@linkcode LpGuard}. */
export function writeLpGuard(view: DataView, base: number, value: LpGuard): void {
  view.setUint32(base, value.permission, true);
  view.setUint32(base + 4, value.operations, true);
  view.setUint32(base + 8, value.programs, true);
  view.setUint32(base + 12, value.places, true);
}

/** `struct lp_guard_counts`: 24 bytes. */
export interface LpGuardCounts {
  blocked: bigint;
  wouldBlock: bigint;
  spared: bigint;
}
/** Where the fields of {@linkcode LpGuardCounts} lie. */
export const lpGuardCounts = {
  size: 24,
  fields: {
    blocked: { offset: 0, size: 8, kind: "u64" },
    wouldBlock: { offset: 8, size: 8, kind: "u64" },
    spared: { offset: 16, size: 8, kind: "u64" },
  },
} as const;
/** Reads a {@linkcode LpGuardCounts}. */
export function readLpGuardCounts(view: DataView, base = 0): LpGuardCounts {
  return {
    blocked: view.getBigUint64(base, true),
    wouldBlock: view.getBigUint64(base + 8, true),
    spared: view.getBigUint64(base + 16, true),
  };
}
/** Writes a {@linkcode LpGuardCounts}. */
export function writeLpGuardCounts(view: DataView, base: number, value: LpGuardCounts): void {
  view.setBigUint64(base, value.blocked, true);
  view.setBigUint64(base + 8, value.wouldBlock, true);
  view.setBigUint64(base + 16, value.spared, true);
}

/** `struct lp_guard_program`: 16 bytes. */
export interface LpGuardProgram {
  exe: bigint;
  guard: number;
  zero: number;
}
/** Where the fields of {@linkcode LpGuardProgram} lie. */
export const lpGuardProgram = {
  size: 16,
  fields: {
    exe: { offset: 0, size: 8, kind: "u64" },
    guard: { offset: 8, size: 4, kind: "u32" },
    zero: { offset: 12, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpGuardProgram}. */
export function readLpGuardProgram(view: DataView, base = 0): LpGuardProgram {
  return {
    exe: view.getBigUint64(base, true),
    guard: view.getUint32(base + 8, true),
    zero: view.getUint32(base + 12, true),
  };
}
/** Writes a {@linkcode LpGuardProgram}. */
export function writeLpGuardProgram(view: DataView, base: number, value: LpGuardProgram): void {
  view.setBigUint64(base, value.exe, true);
  view.setUint32(base + 8, value.guard, true);
  view.setUint32(base + 12, value.zero, true);
}

/** `struct lp_hash_case`: 280 bytes. */
export interface LpHashCase {
  parent: bigint;
  hash: bigint;
  len: number;
  end: number;
  name: Uint8Array;
}
/** Where the fields of {@linkcode LpHashCase} lie. */
export const lpHashCase = {
  size: 280,
  fields: {
    parent: { offset: 0, size: 8, kind: "u64" },
    hash: { offset: 8, size: 8, kind: "u64" },
    len: { offset: 16, size: 4, kind: "u32" },
    end: { offset: 20, size: 4, kind: "u32" },
    name: { offset: 24, size: 256, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpHashCase}. */
export function readLpHashCase(view: DataView, base = 0): LpHashCase {
  return {
    parent: view.getBigUint64(base, true),
    hash: view.getBigUint64(base + 8, true),
    len: view.getUint32(base + 16, true),
    end: view.getUint32(base + 20, true),
    name: copy(view, base + 24, 256),
  };
}
/** Writes a {@linkcode LpHashCase}. */
export function writeLpHashCase(view: DataView, base: number, value: LpHashCase): void {
  view.setBigUint64(base, value.parent, true);
  view.setBigUint64(base + 8, value.hash, true);
  view.setUint32(base + 16, value.len, true);
  view.setUint32(base + 20, value.end, true);
  put(view, base + 24, 256, value.name);
}

/** `struct lp_interp`: 40 bytes. */
export interface LpInterp {
  flags: number;
  languages: number;
  textOptions: bigint;
  fileOptions: bigint;
  valueOptions: bigint;
  stdinOptions: bigint;
}
/** Where the fields of {@linkcode LpInterp} lie. */
export const lpInterp = {
  size: 40,
  fields: {
    flags: { offset: 0, size: 4, kind: "u32" },
    languages: { offset: 4, size: 4, kind: "u32" },
    textOptions: { offset: 8, size: 8, kind: "u64" },
    fileOptions: { offset: 16, size: 8, kind: "u64" },
    valueOptions: { offset: 24, size: 8, kind: "u64" },
    stdinOptions: { offset: 32, size: 8, kind: "u64" },
  },
} as const;
/** Reads a {@linkcode LpInterp}. */
export function readLpInterp(view: DataView, base = 0): LpInterp {
  return {
    flags: view.getUint32(base, true),
    languages: view.getUint32(base + 4, true),
    textOptions: view.getBigUint64(base + 8, true),
    fileOptions: view.getBigUint64(base + 16, true),
    valueOptions: view.getBigUint64(base + 24, true),
    stdinOptions: view.getBigUint64(base + 32, true),
  };
}
/** Writes a {@linkcode LpInterp}. */
export function writeLpInterp(view: DataView, base: number, value: LpInterp): void {
  view.setUint32(base, value.flags, true);
  view.setUint32(base + 4, value.languages, true);
  view.setBigUint64(base + 8, value.textOptions, true);
  view.setBigUint64(base + 16, value.fileOptions, true);
  view.setBigUint64(base + 24, value.valueOptions, true);
  view.setBigUint64(base + 32, value.stdinOptions, true);
}

/** `struct lp_mark`: 40 bytes. */
export interface LpMark {
  landingFolder: bigint;
  landingName: bigint;
  writerExe: bigint;
  writerUid: number;
  origin: number;
  time: number;
  flags: number;
}
/** Where the fields of {@linkcode LpMark} lie. */
export const lpMark = {
  size: 40,
  fields: {
    landingFolder: { offset: 0, size: 8, kind: "u64" },
    landingName: { offset: 8, size: 8, kind: "u64" },
    writerExe: { offset: 16, size: 8, kind: "u64" },
    writerUid: { offset: 24, size: 4, kind: "u32" },
    origin: { offset: 28, size: 4, kind: "u32" },
    time: { offset: 32, size: 4, kind: "u32" },
    flags: { offset: 36, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpMark}. */
export function readLpMark(view: DataView, base = 0): LpMark {
  return {
    landingFolder: view.getBigUint64(base, true),
    landingName: view.getBigUint64(base + 8, true),
    writerExe: view.getBigUint64(base + 16, true),
    writerUid: view.getUint32(base + 24, true),
    origin: view.getUint32(base + 28, true),
    time: view.getUint32(base + 32, true),
    flags: view.getUint32(base + 36, true),
  };
}
/** Writes a {@linkcode LpMark}. */
export function writeLpMark(view: DataView, base: number, value: LpMark): void {
  view.setBigUint64(base, value.landingFolder, true);
  view.setBigUint64(base + 8, value.landingName, true);
  view.setBigUint64(base + 16, value.writerExe, true);
  view.setUint32(base + 24, value.writerUid, true);
  view.setUint32(base + 28, value.origin, true);
  view.setUint32(base + 32, value.time, true);
  view.setUint32(base + 36, value.flags, true);
}

/** `struct lp_mount_name`: 64 bytes. */
export interface LpMountName {
  text: Uint8Array;
}
/** Where the fields of {@linkcode LpMountName} lie. */
export const lpMountName = {
  size: 64,
  fields: {
    text: { offset: 0, size: 64, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpMountName}. */
export function readLpMountName(view: DataView, base = 0): LpMountName {
  return {
    text: copy(view, base, 64),
  };
}
/** Writes a {@linkcode LpMountName}. */
export function writeLpMountName(view: DataView, base: number, value: LpMountName): void {
  put(view, base, 64, value.text);
}

/** `struct lp_origin`: 72 bytes. */
export interface LpOrigin {
  creatorExe: bigint;
  creatorComm: bigint;
  remote: bigint;
  comm: Uint8Array;
  addr: Uint8Array;
  uid: number;
  port: number;
  family: number;
  zone: number;
  time: number;
  flags: number;
}
/** Where the fields of {@linkcode LpOrigin} lie. */
export const lpOrigin = {
  size: 72,
  fields: {
    creatorExe: { offset: 0, size: 8, kind: "u64" },
    creatorComm: { offset: 8, size: 8, kind: "u64" },
    remote: { offset: 16, size: 8, kind: "u64" },
    comm: { offset: 24, size: 16, kind: "bytes" },
    addr: { offset: 40, size: 16, kind: "bytes" },
    uid: { offset: 56, size: 4, kind: "u32" },
    port: { offset: 60, size: 2, kind: "u16" },
    family: { offset: 62, size: 1, kind: "u8" },
    zone: { offset: 63, size: 1, kind: "u8" },
    time: { offset: 64, size: 4, kind: "u32" },
    flags: { offset: 68, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpOrigin}. */
export function readLpOrigin(view: DataView, base = 0): LpOrigin {
  return {
    creatorExe: view.getBigUint64(base, true),
    creatorComm: view.getBigUint64(base + 8, true),
    remote: view.getBigUint64(base + 16, true),
    comm: copy(view, base + 24, 16),
    addr: copy(view, base + 40, 16),
    uid: view.getUint32(base + 56, true),
    port: view.getUint16(base + 60, true),
    family: view.getUint8(base + 62),
    zone: view.getUint8(base + 63),
    time: view.getUint32(base + 64, true),
    flags: view.getUint32(base + 68, true),
  };
}
/** Writes a {@linkcode LpOrigin}. */
export function writeLpOrigin(view: DataView, base: number, value: LpOrigin): void {
  view.setBigUint64(base, value.creatorExe, true);
  view.setBigUint64(base + 8, value.creatorComm, true);
  view.setBigUint64(base + 16, value.remote, true);
  put(view, base + 24, 16, value.comm);
  put(view, base + 40, 16, value.addr);
  view.setUint32(base + 56, value.uid, true);
  view.setUint16(base + 60, value.port, true);
  view.setUint8(base + 62, value.family);
  view.setUint8(base + 63, value.zone);
  view.setUint32(base + 64, value.time, true);
  view.setUint32(base + 68, value.flags, true);
}

/** `struct lp_print`: 16 bytes. */
export interface LpPrint {
  size: bigint;
  header: bigint;
}
/** Where the fields of {@linkcode LpPrint} lie. */
export const lpPrint = {
  size: 16,
  fields: {
    size: { offset: 0, size: 8, kind: "u64" },
    header: { offset: 8, size: 8, kind: "u64" },
  },
} as const;
/** Reads a {@linkcode LpPrint}. */
export function readLpPrint(view: DataView, base = 0): LpPrint {
  return {
    size: view.getBigUint64(base, true),
    header: view.getBigUint64(base + 8, true),
  };
}
/** Writes a {@linkcode LpPrint}. */
export function writeLpPrint(view: DataView, base: number, value: LpPrint): void {
  view.setBigUint64(base, value.size, true);
  view.setBigUint64(base + 8, value.header, true);
}

/** `struct lp_rule`: 24 bytes. */
export interface LpRule {
  number: number;
  flags: number;
  expires: bigint;
  hits: bigint;
}
/** Where the fields of {@linkcode LpRule} lie. */
export const lpRule = {
  size: 24,
  fields: {
    number: { offset: 0, size: 4, kind: "u32" },
    flags: { offset: 4, size: 4, kind: "u32" },
    expires: { offset: 8, size: 8, kind: "u64" },
    hits: { offset: 16, size: 8, kind: "u64" },
  },
} as const;
/** Reads a {@linkcode LpRule}. */
export function readLpRule(view: DataView, base = 0): LpRule {
  return {
    number: view.getUint32(base, true),
    flags: view.getUint32(base + 4, true),
    expires: view.getBigUint64(base + 8, true),
    hits: view.getBigUint64(base + 16, true),
  };
}
/** Writes a {@linkcode LpRule}. */
export function writeLpRule(view: DataView, base: number, value: LpRule): void {
  view.setUint32(base, value.number, true);
  view.setUint32(base + 4, value.flags, true);
  view.setBigUint64(base + 8, value.expires, true);
  view.setBigUint64(base + 16, value.hits, true);
}

/** `struct lp_rule_key`: 104 bytes. */
export interface LpRuleKey {
  shape: number;
  zero: number;
  v: BigUint64Array;
}
/** Where the fields of {@linkcode LpRuleKey} lie. */
export const lpRuleKey = {
  size: 104,
  fields: {
    shape: { offset: 0, size: 4, kind: "u32" },
    zero: { offset: 4, size: 4, kind: "u32" },
    v: { offset: 8, size: 96, kind: "u64[]" },
  },
} as const;
/** Reads a {@linkcode LpRuleKey}. */
export function readLpRuleKey(view: DataView, base = 0): LpRuleKey {
  return {
    shape: view.getUint32(base, true),
    zero: view.getUint32(base + 4, true),
    v: new BigUint64Array(copy(view, base + 8, 96).buffer),
  };
}
/** Writes a {@linkcode LpRuleKey}. */
export function writeLpRuleKey(view: DataView, base: number, value: LpRuleKey): void {
  view.setUint32(base, value.shape, true);
  view.setUint32(base + 4, value.zero, true);
  put(view, base + 8, 96, value.v);
}

/** `struct lp_seed`: 152 bytes. */
export interface LpSeed {
  file: LpFileId;
  mark: LpMark;
  origin: LpOrigin;
  number: number;
  result: number;
}
/** Where the fields of {@linkcode LpSeed} lie. */
export const lpSeed = {
  size: 152,
  fields: {
    file: { offset: 0, size: 32, kind: "lp_file_id" },
    mark: { offset: 32, size: 40, kind: "lp_mark" },
    origin: { offset: 72, size: 72, kind: "lp_origin" },
    number: { offset: 144, size: 4, kind: "u32" },
    result: { offset: 148, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpSeed}. */
export function readLpSeed(view: DataView, base = 0): LpSeed {
  return {
    file: readLpFileId(view, base),
    mark: readLpMark(view, base + 32),
    origin: readLpOrigin(view, base + 72),
    number: view.getUint32(base + 144, true),
    result: view.getUint32(base + 148, true),
  };
}
/** Writes a {@linkcode LpSeed}. */
export function writeLpSeed(view: DataView, base: number, value: LpSeed): void {
  writeLpFileId(view, base, value.file);
  writeLpMark(view, base + 32, value.mark);
  writeLpOrigin(view, base + 72, value.origin);
  view.setUint32(base + 144, value.number, true);
  view.setUint32(base + 148, value.result, true);
}

/** `struct lp_shapes`: 264 bytes. */
export interface LpShapes {
  count: number;
  denies: number;
  shape: Uint32Array;
}
/** Where the fields of {@linkcode LpShapes} lie. */
export const lpShapes = {
  size: 264,
  fields: {
    count: { offset: 0, size: 4, kind: "u32" },
    denies: { offset: 4, size: 4, kind: "u32" },
    shape: { offset: 8, size: 256, kind: "u32[]" },
  },
} as const;
/** Reads a {@linkcode LpShapes}. */
export function readLpShapes(view: DataView, base = 0): LpShapes {
  return {
    count: view.getUint32(base, true),
    denies: view.getUint32(base + 4, true),
    shape: new Uint32Array(copy(view, base + 8, 256).buffer),
  };
}
/** Writes a {@linkcode LpShapes}. */
export function writeLpShapes(view: DataView, base: number, value: LpShapes): void {
  view.setUint32(base, value.count, true);
  view.setUint32(base + 4, value.denies, true);
  put(view, base + 8, 256, value.shape);
}

/** `struct lp_variable_name`: 32 bytes. */
export interface LpVariableName {
  text: Uint8Array;
}
/** Where the fields of {@linkcode LpVariableName} lie. */
export const lpVariableName = {
  size: 32,
  fields: {
    text: { offset: 0, size: 32, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpVariableName}. */
export function readLpVariableName(view: DataView, base = 0): LpVariableName {
  return {
    text: copy(view, base, 32),
  };
}
/** Writes a {@linkcode LpVariableName}. */
export function writeLpVariableName(view: DataView, base: number, value: LpVariableName): void {
  put(view, base, 32, value.text);
}

/** The global variables in .bss. */
export const bss = {
  name: ".bss",
  size: 24792,
  variables: {
    selfUntold: { offset: 0, size: 4, kind: "u32" },
    digestsOfAll: { offset: 4, size: 4, kind: "u32" },
    places: { offset: 8, size: 192, kind: "bytes" },
    writeOpens: { offset: 200, size: 16384, kind: "bytes" },
    plain: { offset: 16584, size: 8192, kind: "bytes" },
    selfSecond: { offset: 24776, size: 8, kind: "u64" },
    selfAttempts: { offset: 24784, size: 8, kind: "u64" },
  },
} as const;

/** The global variables in .bss.filter. */
export const bssFilter = {
  name: ".bss.filter",
  size: 4194304,
  variables: {
    filter: { offset: 0, size: 4194304, kind: "bytes" },
  },
} as const;

/** The global variables in .bss.pids. */
export const bssPids = {
  name: ".bss.pids",
  size: 4194304,
  variables: {
    pidStates: { offset: 0, size: 4194304, kind: "bytes" },
  },
} as const;

/** The global variables in .data. */
export const data = {
  name: ".data",
  size: 8,
  variables: {
    plainGeneration: { offset: 0, size: 8, kind: "u64" },
  },
} as const;

/** The global variables in .rodata. */
export const rodata = {
  name: ".rodata",
  size: 584,
  variables: {
    lpKey0: { offset: 0, size: 8, kind: "u64" },
    lpKey1: { offset: 8, size: 8, kind: "u64" },
    noProcess: { offset: 16, size: 216, kind: "bytes" },
    lpEnums: { offset: 232, size: 352, kind: "bytes" },
  },
} as const;

function copy(view: DataView, offset: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset + offset, size).slice();
}

function put(view: DataView, offset: number, size: number, value: ArrayBufferView): void {
  if (value.byteLength !== size) {
    throw new RangeError(`A field of ${size} bytes cannot take ${value.byteLength} bytes`);
  }
  new Uint8Array(view.buffer, view.byteOffset + offset, size)
    .set(new Uint8Array(value.buffer, value.byteOffset, size));
}
