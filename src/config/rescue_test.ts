import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../errors.ts";
import { rescued, rescueMode } from "./rescue.ts";
import { DEFAULTS } from "./settings.ts";

Deno.test("rescueMode() takes whole words and the last one", () => {
  assertEquals(rescueMode("BOOT_IMAGE=/vmlinuz linprov.mode=off\n"), "off");
  assertEquals(rescueMode("linprov.mode=off linprov.mode=observe ro"), "observe");
  assertEquals(rescueMode("linprov.mode=enforce xlinprov.mode=off linprov.mode=offline"), null);
  assertEquals(rescueMode(""), null);
});

Deno.test("rescued() changes the mode and nothing else, or refuses", () => {
  const settings = { ...DEFAULTS, mode: "enforce" as const };
  assertEquals(rescued(settings, null), settings);
  assertEquals(rescued(settings, "observe"), { ...settings, mode: "observe" });
  const soak = { ...DEFAULTS, mode: "soak" as const };
  assertEquals(rescued(soak, "observe"), soak);
  assertThrows(() => rescued(settings, "off"), UserError, "linprov.mode=off");
});
