import { assert, assertEquals, assertThrows } from "@std/assert";
import { assignZones, BUILTIN_ZONES, isZoneName, isZoneNumber } from "./zones.ts";
import header from "../../bpf/wire.h" with { type: "text" };

Deno.test("BUILTIN_ZONES has the numbers of enum lp_zone", () => {
  const enumerators = new Map(
    [...header.matchAll(/^\tLP_ZONE_(\w+) = (\d+),$/gm)].map((m) => [
      m[1]!.toLowerCase(),
      Number(m[2]),
    ]),
  );
  assertEquals(enumerators.get("none"), 0);
  assertEquals(enumerators.get("named"), 16);
  enumerators.delete("none");
  enumerators.delete("named");
  assertEquals(new Map(BUILTIN_ZONES), enumerators);
});

Deno.test("assignZones() never moves a name to another number", () => {
  const first = assignZones(["a", "b"]);
  assertEquals([first.get("a"), first.get("b"), first.get("lan")], [16, 17, 2]);
  const second = assignZones(["c", "b"], first);
  assertEquals([second.get("a"), second.get("b"), second.get("c")], [16, 17, 18]);
  // A name that is gone keeps its number, even when it had the highest.
  assertEquals(assignZones(["d"], new Map([["gone", 40]])).get("d"), 41);
});

Deno.test("assignZones() refuses names it can't give", () => {
  assertThrows(() => assignZones(["lan"]), RangeError, '"lan": this zone is built in');
  assertThrows(() => assignZones(["Lab"]), RangeError, '"Lab": a name is a lower-case letter');
  const full = Array.from({ length: 224 }, (_, i) => `z${i}`);
  assertEquals(assignZones(full).get("z223"), 239);
  assertThrows(() => assignZones([...full, "more"]), RangeError, "all 224 numbers are taken");
});

Deno.test("isZoneName() and isZoneNumber() know their ranges", () => {
  assert(isZoneName("a") && isZoneName("a_b-9"));
  assert(!isZoneName("") && !isZoneName("9a") && !isZoneName("a b") && !isZoneName("a\n"));
  for (const zone of [1, 2, 16, 239, 240, 250, 255]) assert(isZoneNumber(zone));
  for (const zone of [0, 3, 15, 241, 249, 251, 254, 256]) assert(!isZoneNumber(zone));
});
