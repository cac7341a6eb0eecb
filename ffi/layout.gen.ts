// Written by scripts/build_bpf.ts from the types of the BPF object: change
// those and build again.

/** What the maps hold, and where: objects that say the same can take over each other's. */
export const stateLayout = "90610fd10720790b";

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
  LP_COUNTERS: 32,
} as const;
/** A value of {@linkcode LpCounter}. */
export type LpCounter = (typeof LpCounter)[keyof typeof LpCounter];

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
} as const;
/** A value of {@linkcode LpEventType}. */
export type LpEventType = (typeof LpEventType)[keyof typeof LpEventType];

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

/** `struct lp_config`: 56 bytes. */
export interface LpConfig {
  mode: number;
  active: number;
  policy: number;
  daemon: number;
  bootEpoch: bigint;
  hostMntNs: number;
  markLocalhost: number;
  interpreters: number;
  logAllowed: number;
  trusts: number;
  shellTaintS: number;
  volumes: number;
  daemonStarted: bigint;
  trialEnds: bigint;
}
/** Where the fields of {@linkcode LpConfig} lie. */
export const lpConfig = {
  size: 56,
  fields: {
    mode: { offset: 0, size: 4, kind: "u32" },
    active: { offset: 4, size: 4, kind: "u32" },
    policy: { offset: 8, size: 4, kind: "u32" },
    daemon: { offset: 12, size: 4, kind: "u32" },
    bootEpoch: { offset: 16, size: 8, kind: "u64" },
    hostMntNs: { offset: 24, size: 4, kind: "u32" },
    markLocalhost: { offset: 28, size: 1, kind: "u8" },
    interpreters: { offset: 29, size: 1, kind: "u8" },
    logAllowed: { offset: 30, size: 1, kind: "u8" },
    trusts: { offset: 31, size: 1, kind: "u8" },
    shellTaintS: { offset: 32, size: 4, kind: "u32" },
    volumes: { offset: 36, size: 4, kind: "u32" },
    daemonStarted: { offset: 40, size: 8, kind: "u64" },
    trialEnds: { offset: 48, size: 8, kind: "u64" },
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
    markLocalhost: view.getUint8(base + 28),
    interpreters: view.getUint8(base + 29),
    logAllowed: view.getUint8(base + 30),
    trusts: view.getUint8(base + 31),
    shellTaintS: view.getUint32(base + 32, true),
    volumes: view.getUint32(base + 36, true),
    daemonStarted: view.getBigUint64(base + 40, true),
    trialEnds: view.getBigUint64(base + 48, true),
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
  view.setUint8(base + 28, value.markLocalhost);
  view.setUint8(base + 29, value.interpreters);
  view.setUint8(base + 30, value.logAllowed);
  view.setUint8(base + 31, value.trusts);
  view.setUint32(base + 32, value.shellTaintS, true);
  view.setUint32(base + 36, value.volumes, true);
  view.setBigUint64(base + 40, value.daemonStarted, true);
  view.setBigUint64(base + 48, value.trialEnds, true);
}

/** `struct lp_enums`: 64 bytes. */
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
  zero: number;
}
/** Where the fields of {@linkcode LpEnums} lie. */
export const lpEnums = {
  size: 64,
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
    zero: { offset: 60, size: 4, kind: "u32" },
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
    zero: view.getUint32(base + 60, true),
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
  view.setUint32(base + 60, value.zero, true);
}

/** `struct lp_event`: 248 bytes. */
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
}
/** Where the fields of {@linkcode LpEvent} lie. */
export const lpEvent = {
  size: 248,
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

/** The global variables in .bss. */
export const bss = {
  name: ".bss",
  size: 2101248,
  variables: {
    pipeReaders: { offset: 0, size: 524288, kind: "bytes" },
    held: { offset: 524288, size: 524288, kind: "bytes" },
    filter: { offset: 1048576, size: 1048576, kind: "bytes" },
    plain: { offset: 2097152, size: 4096, kind: "bytes" },
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
  size: 80,
  variables: {
    lpKey0: { offset: 0, size: 8, kind: "u64" },
    lpKey1: { offset: 8, size: 8, kind: "u64" },
    lpEnums: { offset: 16, size: 64, kind: "bytes" },
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
