import { assert, assertEquals } from "@std/assert";
import { measureRules, rulesText } from "./rules.ts";

Deno.test("measureRules() gets all rules into the tables, in a few microseconds each", () => {
  const { bytes, parse, compile } = measureRules(200_000);
  assertEquals(bytes, rulesText(200_000).length);
  // Ten times what it takes; a million rules then take a minute at the very worst.
  assert(parse + compile < 12_000, `took ${parse} and ${compile} ms`);
});
