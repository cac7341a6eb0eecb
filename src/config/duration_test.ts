import { assertEquals, assertThrows } from "@std/assert";
import { parseDuration } from "./duration.ts";

Deno.test("parseDuration() reads units from the largest to the smallest", () => {
  assertEquals(parseDuration("90s"), 90_000);
  assertEquals(parseDuration("30m"), 1_800_000);
  assertEquals(parseDuration("1d2h3m4s"), 93_784_000);
});

Deno.test("parseDuration() refuses anything else", () => {
  for (const text of ["", "0", "0s", "10", "-5m", "1.5h", "m", "5m1h", "1h 5m", "1e3s"]) {
    assertThrows(() => parseDuration(text), SyntaxError, JSON.stringify(text));
  }
});
