import { assertEquals } from "@std/assert";
import { DEFAULTS } from "../config/settings.ts";
import {
  interpreterRules,
  languageBits,
  optionBits,
  SUFFIXES,
  unversioned,
} from "./interpreters.ts";

Deno.test("unversioned() drops versions and what the kernel doesn't see", () => {
  assertEquals(unversioned("python3.11"), "python");
  assertEquals(unversioned("lua5.4"), "lua");
  assertEquals(unversioned("perl5.36.0"), "perl");
  assertEquals(unversioned("bash"), "bash");
  assertEquals(unversioned("a-very-long-interpreter"), "a-very-long-int");
});

Deno.test("optionBits() has a bit per letter", () => {
  assertEquals(optionBits(""), 0n);
  assertEquals(optionBits("az"), 1n | 1n << 25n);
  assertEquals(optionBits("AZ"), 1n << 32n | 1n << 57n);
});

Deno.test("languageBits() has a bit per language, and all fit", () => {
  const all = Object.keys(SUFFIXES) as (keyof typeof SUFFIXES)[];
  assertEquals(languageBits(all), 2 ** all.length - 1);
  for (const suffix of Object.values(SUFFIXES).flat()) assertEquals(suffix.length <= 15, true);
});

Deno.test("interpreterRules() knows every default interpreter", () => {
  const strict = interpreterRules("no-such-interpreter");
  const unknown = DEFAULTS.interpreters
    .map((pattern) => pattern.replace(/\*$/, ""))
    .filter((name) => interpreterRules(name) === strict);
  assertEquals(unknown, []);
});

Deno.test("interpreterRules() tells shells from what reads data", () => {
  assertEquals(interpreterRules("bash").shell, true);
  assertEquals(interpreterRules("python3").shell, false);
  assertEquals(interpreterRules("mawk").byFirstOperand, false);
  assertEquals(interpreterRules("make").fileOptions, "f");
  assertEquals(interpreterRules("nodejs"), interpreterRules("node"));
});
