/**
 * Zones: the names by which rules speak of remote addresses, and the numbers
 * by which the kernel knows them (`enum lp_zone` in bpf/wire.h).
 *
 * @module
 */

/** The zones that exist without any configuration, with their numbers. */
export const BUILTIN_ZONES: ReadonlyMap<string, number> = new Map([
  ["local", 1],
  ["lan", 2],
  ["internet", 240],
  ["foreign", 250],
  ["unknown", 255],
]);

const FIRST_NAMED = 16;
const LAST_NAMED = 239;

/**
 * Whether a text can be the name of a zone.
 *
 * @param name Any text.
 * @returns True for a lower-case letter followed by letters, digits, `_` and `-`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isZoneName("office-2"));
 * assert(!isZoneName("Office"));
 * ```
 */
export function isZoneName(name: string): boolean {
  return /^[a-z][a-z0-9_-]*$/.test(name);
}

/**
 * Whether a number can stand for a zone in a mark.
 *
 * @param zone A number.
 * @returns True for the built-in zones and for those a configuration may name.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isZoneNumber(240) && isZoneNumber(16) && !isZoneNumber(0));
 * ```
 */
export function isZoneNumber(zone: number): boolean {
  return (zone >= FIRST_NAMED && zone <= LAST_NAMED) || BUILTIN_NUMBERS.has(zone);
}

const BUILTIN_NUMBERS: ReadonlySet<number> = new Set(BUILTIN_ZONES.values());

/**
 * Gives every configured zone a number. A number is written into marks and
 * outlives the configuration, so a name keeps the number it once had, and no
 * name ever gets the number of another.
 *
 * @param names The names in the configuration.
 * @param known All names that ever had a number, with it.
 * @returns The built-in zones, the known ones and the new ones.
 * @throws {RangeError} If a name is built in or malformed, or if the numbers run out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const zones = assignZones(["office"]);
 * assertEquals(zones.get("office"), 16);
 * assertEquals(assignZones(["lab", "office"], zones).get("office"), 16);
 * ```
 */
export function assignZones(
  names: Iterable<string>,
  known: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const zones = new Map([...BUILTIN_ZONES, ...known]);
  let next = FIRST_NAMED;
  for (const number of zones.values()) {
    if (number >= next && number <= LAST_NAMED) next = number + 1;
  }
  for (const name of names) {
    if (BUILTIN_ZONES.has(name)) {
      throw new RangeError(`Cannot name a zone ${JSON.stringify(name)}: this zone is built in`);
    }
    if (!isZoneName(name)) {
      throw new RangeError(
        `Cannot name a zone ${JSON.stringify(name)}: a name is a lower-case letter, ` +
          `then lower-case letters, digits, "_" and "-"`,
      );
    }
    if (zones.has(name)) continue;
    if (next > LAST_NAMED) {
      throw new RangeError(
        `Cannot name a zone ${JSON.stringify(name)}: all ${
          LAST_NAMED - FIRST_NAMED + 1
        } numbers are taken`,
      );
    }
    zones.set(name, next++);
  }
  return zones;
}
