/**
 * The zones that need no configuration.
 *
 * @module
 */

import { parseNetwork } from "../config/networks.ts";
import { BUILTIN_ZONES } from "../policy/zones.ts";
import type { ZoneRange } from "./tables.ts";

const RANGES = {
  // RFC 1122, RFC 4291
  local: ["127.0.0.0/8", "::1/128"],
  // RFC 1918, 3927, 6598, 4193, 4291: what no router forwards to the internet
  lan: [
    ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"],
    ...["fc00::/7", "fe80::/10"],
  ],
} as const;

/** The address ranges of the zones `local` and `lan`; everything else is the internet. */
export function* builtinRanges(): Generator<ZoneRange> {
  for (const [zone, networks] of Object.entries(RANGES)) {
    for (const text of networks) {
      const { bytes, prefix } = parseNetwork(text);
      yield { bytes, prefix, zone: BUILTIN_ZONES.get(zone)! };
    }
  }
}
