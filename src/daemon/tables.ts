/**
 * What user space writes into the kernel's tables, as bytes.
 *
 * @module
 */

import {
  lpCidr,
  type LpFileId,
  lpInterp,
  lpPrint,
  writeLpCidr,
  writeLpFileId,
  writeLpInterp,
  writeLpPrint,
} from "../../ffi/layout.gen.ts";
import { type ByteString, byteStringToBytes } from "../policy/bytes.ts";
import {
  type InterpreterRules,
  languageBits,
  optionBits,
  SUFFIXES,
} from "../policy/interpreters.ts";

/** A key and a value of a map. */
export type Element = [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];

/** Bits of `lp_interp.flags`; see bpf/wire.h. */
const INTERP = { suffix: 1, firstArg: 2, stdin: 4, shell: 8, execBit: 16 } as const;

/** A zone's networks, as the kernel looks them up. */
export interface ZoneRange {
  /** 16 bytes; IPv4 is mapped. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Bits that count, 0 to 128. */
  prefix: number;
  /** Number of the zone. */
  zone: number;
}

/**
 * The elements of `zones`.
 *
 * @param ranges Which address belongs to which zone.
 */
export function zoneElements(ranges: Iterable<ZoneRange>): Element[] {
  return [...ranges].map(({ prefix, bytes, zone }) => {
    const key = pinned(lpCidr.size);
    writeLpCidr(new DataView(key.buffer), 0, { prefix, addr: bytes });
    return [key, u32(zone)];
  });
}

/**
 * The elements of `interp_names`.
 *
 * @param names Interpreters by base name without the version.
 */
export function interpreterElements(
  names: Iterable<readonly [ByteString, InterpreterRules]>,
): Element[] {
  return [...names].map(([name, rules]) => {
    const key = pinned(16);
    key.set(byteStringToBytes(name).subarray(0, 15));
    return [key, interpValue(rules)];
  });
}

/** The elements of `suffixes`: each script suffix with its languages. */
export function suffixElements(): Element[] {
  const bits = new Map<string, number>();
  for (const [language, suffixes] of Object.entries(SUFFIXES)) {
    const bit = languageBits([language as keyof typeof SUFFIXES]);
    for (const suffix of suffixes) bits.set(suffix, (bits.get(suffix) ?? 0) | bit);
  }
  return [...bits].map(([suffix, languages]) => {
    const key = pinned(16);
    key.set(new TextEncoder().encode(suffix).subarray(0, 15));
    return [key, u32(languages)];
  });
}

/** An interpreter as its copies are recognized, whatever they are called. */
export interface Print {
  /** Bytes of the file. */
  size: bigint;
  /** Keyed hash of its start. */
  header: bigint;
}

/**
 * The elements of `interp_prints`.
 *
 * @param prints Interpreters by what they are.
 */
export function printElements(prints: Iterable<readonly [Print, InterpreterRules]>): Element[] {
  return [...prints].map(([print, rules]) => {
    const key = pinned(lpPrint.size);
    writeLpPrint(new DataView(key.buffer), 0, print);
    return [key, interpValue(rules)];
  });
}

/** An `lp_interp`: how an interpreter takes its program. */
export function interpValue(rules: InterpreterRules): Uint8Array<ArrayBuffer> {
  const value = pinned(lpInterp.size);
  writeLpInterp(new DataView(value.buffer), 0, {
    flags: (rules.bySuffix ? INTERP.suffix : 0) | (rules.byFirstOperand ? INTERP.firstArg : 0) |
      (rules.byStdin ? INTERP.stdin : 0) | (rules.shell ? INTERP.shell : 0) |
      (rules.byExecBit ? INTERP.execBit : 0),
    languages: languageBits(rules.languages),
    textOptions: optionBits(rules.textOptions),
    fileOptions: optionBits(rules.fileOptions),
    valueOptions: optionBits(rules.valueOptions),
    stdinOptions: optionBits(rules.stdinOptions),
  });
  return value;
}

/** Bytes in a buffer of their own, as calls into the kernel want them. */
export function pinned(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size));
}

/** A number as the kernel's maps hold it. */
export function u32(value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint32Array([value]).buffer);
}

/** A hash as the kernel's maps hold it. */
export function u64(value: bigint): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new BigUint64Array([value]).buffer);
}

/** A file as the key of a map. */
export function fileKey(file: LpFileId): Uint8Array<ArrayBuffer> {
  const key = pinned(32);
  writeLpFileId(new DataView(key.buffer), 0, file);
  return key;
}
