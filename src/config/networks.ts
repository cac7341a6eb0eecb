/**
 * Networks in CIDR notation, for the zones of the configuration.
 *
 * @module
 */

import ipaddr from "ipaddr.js";

/** A network; IPv4 is mapped into `::ffff:0:0/96`, as the kernel side has it. */
export interface Network {
  /** As it was written. */
  text: string;
  /** 16 bytes; those beyond the prefix are zero. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many leading bits count, 0 to 128. */
  prefix: number;
}

/**
 * Reads a network strictly: no abbreviated, octal or hexadecimal parts, which
 * programs disagree about, and no bits beyond the prefix, which are a typing
 * error in one or the other.
 *
 * @param text For example `192.0.2.0/24` or `2001:db8::/32`.
 * @returns The network.
 * @throws {SyntaxError} If it isn't one; the message is a clause that starts with the text.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseNetwork("192.0.2.0/24").prefix, 120);
 * assertThrows(() => parseNetwork("192.0.2.7/24"), SyntaxError, "192.0.2.0/24");
 * ```
 */
export function parseNetwork(text: string): Network {
  const shown = JSON.stringify(text);
  const slash = text.lastIndexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const four = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (!four && (!ipaddr.IPv6.isValid(address) || address.includes("%"))) {
    throw new SyntaxError(`${shown} is not a network such as "192.0.2.0/24" or "2001:db8::/32"`);
  }
  const bits = four ? 32 : 128;
  if (slash < 0) {
    throw new SyntaxError(`${shown} has no prefix length, write "${address}/${bits}"`);
  }
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length) || Number(length) > bits) {
    throw new SyntaxError(`${shown} has the prefix length "${length}", not 0 to ${bits}`);
  }
  const family = four ? ipaddr.IPv4 : ipaddr.IPv6;
  const given = family.parse(address);
  const base = family.networkAddressFromCIDR(`${given.toNormalizedString()}/${length}`);
  if (base.toNormalizedString() !== given.toNormalizedString()) {
    throw new SyntaxError(
      `${shown} has bits beyond its prefix, "${base}/${length}" is the whole network`,
    );
  }
  const bytes = new Uint8Array(16);
  if (four) bytes.set([0xff, 0xff], 10);
  bytes.set(given.toByteArray(), four ? 12 : 0);
  return { text, bytes, prefix: Number(length) + 128 - bits };
}

/**
 * A network as a key: equal for two spellings of the same.
 *
 * @param network A network.
 * @returns Its bytes and prefix.
 */
export function networkKey(network: Network): string {
  return `${network.bytes.toHex()}/${network.prefix}`;
}
