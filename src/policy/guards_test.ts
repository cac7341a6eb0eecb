import { assertEquals, assertThrows } from "@std/assert";
import * as layout from "../../ffi/layout.gen.ts";
import { names } from "./_enumeration.ts";
import { findGuard, GUARD_NAMES, guardOperations, operationBits, readGuard } from "./guards.ts";

Deno.test("guards and their operations have the kernel's numbers", () => {
  const { LP_GUARDS, ...guards } = layout.LpGuardNumber;
  assertEquals(names(guards, "LP_GUARD_"), GUARD_NAMES.map((name) => name.replaceAll("-", "_")));
  assertEquals(LP_GUARDS, GUARD_NAMES.length);
  const operations = {
    "kernel-image": layout.LpKernelImage,
    "kernel-modules": layout.LpKernelModules,
    "bpf": layout.LpBpf,
    "fileless": layout.LpFileless,
    "filesystem": layout.LpFilesystem,
    "namespaces": layout.LpNamespaces,
  };
  for (const name of GUARD_NAMES) {
    const prefix = `LP_${name.replaceAll("-", "_").toUpperCase()}_`;
    assertEquals(names(operations[name], prefix), [...guardOperations(name)]);
  }
});

Deno.test("findGuard() knows both names of a guard, and no other", () => {
  for (const name of GUARD_NAMES) assertEquals(findGuard(name), name);
  assertEquals(findGuard("kimg"), "kernel-image");
  assertEquals(findGuard("kmodules"), "kernel-modules");
  assertEquals(findGuard("disablebpf"), "bpf");
  for (const name of ["", "memfd ", "Fileless", "constructor"]) {
    assertThrows(() => findGuard(name), SyntaxError, "there are kernel-image, kimg");
  }
});

Deno.test("readGuard() covers what block names and allow doesn't", () => {
  const deny = (text: object) => readGuard("fileless", { permission: "deny", ...text }).operations;
  assertEquals(deny({}), ["memfd", "unlinked", "library"]);
  assertEquals(deny({ block: ["library", "memfd"] }), ["memfd", "library"]);
  assertEquals(deny({ block: ["library", "memfd"], allow: ["memfd"] }), ["library"]);
  assertThrows(() => deny({ allow: [...guardOperations("fileless")] }), SyntaxError, "nothing");
});

Deno.test("operationBits() has a bit for each operation", () => {
  assertEquals(operationBits("fileless", ["library", "memfd"]), 5);
  assertEquals(operationBits("fileless", []), 0);
});
