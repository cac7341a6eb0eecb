import { assert, assertEquals } from "@std/assert";
import { SURVIVAL_LIST } from "../policy/survival.ts";
import { survivorsOnHost } from "./survivors.ts";

Deno.test("survivorsOnHost() has real files of this host, each once", () => {
  const found = survivorsOnHost();
  assertEquals(new Set(found).size, found.length);
  assert(found.includes(Deno.realPathSync("/bin/sh")));
  assert(found.includes(Deno.realPathSync(Deno.execPath())));
  for (const path of found) assertEquals(Deno.realPathSync(path), path);
});

Deno.test("the survival list has full paths and fits its table", () => {
  for (const path of SURVIVAL_LIST) assert(path.startsWith("/"), path);
  assert(SURVIVAL_LIST.length < 256);
});
