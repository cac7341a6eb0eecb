/**
 * Ring-buffer records as they are: numbers, hashes and one text.
 *
 * @module
 */

import { type LpEvent, lpEvent, LpEventType, readLpEvent } from "../../ffi/layout.gen.ts";
import ipaddr from "ipaddr.js";
import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import type { Answer, Kind } from "./event.ts";

/** Bits of `lp_event.flags`; see bpf/wire.h. */
export const EventFlag = { denied: 1, otherNamespace: 2, deleted: 4, truncated: 8 } as const;

/** A record and the text behind it. */
export interface RawEvent extends LpEvent {
  /** A path, or empty. */
  text: ByteString;
}

/**
 * Reads one record.
 *
 * @param view The record.
 * @param size Its bytes.
 * @returns The record, or null when it is none of ours.
 */
export function decodeEvent(view: DataView, size: number): RawEvent | null {
  if (size < lpEvent.size) return null;
  const event = readLpEvent(view);
  if (event.textLen > size - lpEvent.size || !TYPES.has(event.type)) return null;
  const text = new Uint8Array(view.buffer, view.byteOffset + lpEvent.size, event.textLen);
  return { ...event, text: bytesToByteString(text) };
}

const TYPES: ReadonlySet<number> = new Set(Object.values(LpEventType));

/** Names of `enum lp_kind`. */
export const KINDS: Readonly<Record<number, Kind>> = {
  1: "exec",
  2: "script",
  3: "mmap",
  4: "pipe",
};

/** Names of `enum lp_verdict`. */
export const ANSWERS: Readonly<Record<number, Answer>> = {
  1: "allow",
  2: "block",
  3: "would-block",
  4: "spared",
};

/**
 * A comm: sixteen bytes that end at the first zero.
 *
 * @param bytes The field.
 * @returns The name.
 */
export function commText(bytes: Uint8Array): ByteString {
  const end = bytes.indexOf(0);
  return bytesToByteString(end < 0 ? bytes : bytes.subarray(0, end));
}

/**
 * An address as people write it.
 *
 * @param bytes 16 bytes; IPv4 is mapped into ::ffff:0:0/96.
 * @returns The text, or null for "no address".
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mapped = new Uint8Array([...new Uint8Array(10), 0xff, 0xff, 192, 0, 2, 1]);
 * assertEquals(addressText(mapped), "192.0.2.1");
 * ```
 */
export function addressText(bytes: Uint8Array): string | null {
  if (bytes.every((byte) => byte === 0)) return null;
  const address = ipaddr.fromByteArray([...bytes]);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    return address.toIPv4Address().toString();
  }
  return address.toString();
}
