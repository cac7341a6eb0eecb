// Written by scripts/build_bpf.ts from the types of the BPF object: change
// those and build again.

/** What the maps hold, and where: objects that say the same can take over each other's. */
export const stateLayout = "3bc9d8855637b981";

/** `enum lp_colour` */
export const LpColour = {
  LP_COLOUR_RED: 0,
  LP_COLOUR_GREEN: 7,
  LP_COLOUR_BELOW: -2,
} as const;
/** A value of {@linkcode LpColour}. */
export type LpColour = (typeof LpColour)[keyof typeof LpColour];

/** `enum lp_flag` */
export const LpFlag = {
  LP_FLAG_A: 1,
  LP_FLAG_B: 2147483648,
} as const;
/** A value of {@linkcode LpFlag}. */
export type LpFlag = (typeof LpFlag)[keyof typeof LpFlag];

/** `enum lp_wide` */
export const LpWide = {
  LP_WIDE_ONE: 0x1n,
  LP_WIDE_TOP: 0xffffffffffffff01n,
} as const;
/** A value of {@linkcode LpWide}. */
export type LpWide = (typeof LpWide)[keyof typeof LpWide];

/** `struct lp_all`: 112 bytes. */
export interface LpAll {
  big: bigint;
  signedBig: bigint;
  raw: Uint8Array;
  words: Uint32Array;
  colour: number;
  inner: LpInner;
  pair: LpInner[];
  bigs: BigUint64Array;
  left: number;
  right: number;
  either: Uint8Array;
  last: number;
  small: Uint16Array;
}
/** Where the fields of {@linkcode LpAll} lie. */
export const lpAll = {
  size: 112,
  fields: {
    big: { offset: 0, size: 8, kind: "u64" },
    signedBig: { offset: 8, size: 8, kind: "i64" },
    raw: { offset: 16, size: 16, kind: "bytes" },
    words: { offset: 32, size: 12, kind: "u32[]" },
    colour: { offset: 44, size: 4, kind: "i32" },
    inner: { offset: 48, size: 8, kind: "lp_inner" },
    pair: { offset: 56, size: 16, kind: "lp_inner[]" },
    bigs: { offset: 72, size: 16, kind: "u64[]" },
    left: { offset: 88, size: 4, kind: "u32" },
    right: { offset: 92, size: 4, kind: "u32" },
    either: { offset: 96, size: 8, kind: "bytes" },
    last: { offset: 104, size: 4, kind: "i32" },
    small: { offset: 108, size: 4, kind: "u16[]" },
  },
} as const;
/** Reads a {@linkcode LpAll}. */
export function readLpAll(view: DataView, base = 0): LpAll {
  return {
    big: view.getBigUint64(base, true),
    signedBig: view.getBigInt64(base + 8, true),
    raw: copy(view, base + 16, 16),
    words: new Uint32Array(copy(view, base + 32, 12).buffer),
    colour: view.getInt32(base + 44, true),
    inner: readLpInner(view, base + 48),
    pair: Array.from({ length: 2 }, (_, i) => readLpInner(view, base + 56 + i * 8)),
    bigs: new BigUint64Array(copy(view, base + 72, 16).buffer),
    left: view.getUint32(base + 88, true),
    right: view.getUint32(base + 92, true),
    either: copy(view, base + 96, 8),
    last: view.getInt32(base + 104, true),
    small: new Uint16Array(copy(view, base + 108, 4).buffer),
  };
}
/** Writes a {@linkcode LpAll}. */
export function writeLpAll(view: DataView, base: number, value: LpAll): void {
  view.setBigUint64(base, value.big, true);
  view.setBigInt64(base + 8, value.signedBig, true);
  put(view, base + 16, 16, value.raw);
  put(view, base + 32, 12, value.words);
  view.setInt32(base + 44, value.colour, true);
  writeLpInner(view, base + 48, value.inner);
  for (let i = 0; i < 2; i++) writeLpInner(view, base + 56 + i * 8, value.pair[i]!);
  put(view, base + 72, 16, value.bigs);
  view.setUint32(base + 88, value.left, true);
  view.setUint32(base + 92, value.right, true);
  put(view, base + 96, 8, value.either);
  view.setInt32(base + 104, value.last, true);
  put(view, base + 108, 4, value.small);
}

/** `struct lp_event`: 12 bytes. */
export interface LpEvent {
  time: bigint;
  length: number;
}
/** Where the fields of {@linkcode LpEvent} lie. */
export const lpEvent = {
  size: 12,
  fields: {
    time: { offset: 0, size: 8, kind: "u64" },
    length: { offset: 8, size: 4, kind: "u32" },
    text: { offset: 12, size: 0, kind: "bytes" },
  },
} as const;
/** Reads a {@linkcode LpEvent}. */
export function readLpEvent(view: DataView, base = 0): LpEvent {
  return {
    time: view.getBigUint64(base, true),
    length: view.getUint32(base + 8, true),
  };
}
/** Writes a {@linkcode LpEvent}. */
export function writeLpEvent(view: DataView, base: number, value: LpEvent): void {
  view.setBigUint64(base, value.time, true);
  view.setUint32(base + 8, value.length, true);
}

/** `struct lp_inner`: 8 bytes. */
export interface LpInner {
  port: number;
  zone: number;
  level: number;
  flags: number;
}
/** Where the fields of {@linkcode LpInner} lie. */
export const lpInner = {
  size: 8,
  fields: {
    port: { offset: 0, size: 2, kind: "u16" },
    zone: { offset: 2, size: 1, kind: "u8" },
    level: { offset: 3, size: 1, kind: "i8" },
    flags: { offset: 4, size: 4, kind: "u32" },
  },
} as const;
/** Reads a {@linkcode LpInner}. */
export function readLpInner(view: DataView, base = 0): LpInner {
  return {
    port: view.getUint16(base, true),
    zone: view.getUint8(base + 2),
    level: view.getInt8(base + 3),
    flags: view.getUint32(base + 4, true),
  };
}
/** Writes a {@linkcode LpInner}. */
export function writeLpInner(view: DataView, base: number, value: LpInner): void {
  view.setUint16(base, value.port, true);
  view.setUint8(base + 2, value.zone);
  view.setInt8(base + 3, value.level);
  view.setUint32(base + 4, value.flags, true);
}

/** The global variables in .bss. */
export const bss = {
  name: ".bss",
  size: 16,
  variables: {
    lpOpens: { offset: 0, size: 8, kind: "u64" },
    lpFlags: { offset: 8, size: 8, kind: "bytes" },
  },
} as const;

/** The global variables in .bss.table. */
export const bssTable = {
  name: ".bss.table",
  size: 4194304,
  variables: {
    lpTable: { offset: 0, size: 4194304, kind: "bytes" },
  },
} as const;

/** The global variables in .data. */
export const data = {
  name: ".data",
  size: 4,
  variables: {
    lpMode: { offset: 0, size: 4, kind: "u32" },
  },
} as const;

/** The global variables in .rodata. */
export const rodata = {
  name: ".rodata",
  size: 32,
  variables: {
    lpFeatures: { offset: 0, size: 4, kind: "u32" },
    lpEnabled: { offset: 4, size: 1, kind: "bool" },
    lpKey: { offset: 5, size: 16, kind: "bytes" },
    lpLimit: { offset: 24, size: 8, kind: "u64" },
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
