import { assertEquals, assertStringIncludes } from "@std/assert";
import { emptyProgram, parseMeasures, report } from "./report.ts";

Deno.test("emptyProgram() writes one program a hook, sleepable or not", () => {
  assertEquals(emptyProgram("lsm/file_open")?.name, "lsm_file_open");
  assertEquals(emptyProgram("lsm.s/file_open")?.name, "lsm_file_open");
  assertStringIncludes(emptyProgram("lsm.s/file_open")!.source, 'SEC("lsm.s/file_open")');
});

Deno.test("emptyProgram() leaves sections alone that are no hooks", () => {
  for (const section of [".text", "license", ".maps", "syscall", ".rellsm/file_open"]) {
    assertEquals(emptyProgram(section), undefined);
  }
});

Deno.test("report() compares linprov with the floor", () => {
  const text = report([["6.12", {
    none: parseMeasures(["open+close 5899", "lacks lsm_x"]),
    empty: parseMeasures(["open+close 6000"]),
    linprov: parseMeasures(["open+close 6300", "exec-marked-10-rules 1000", "noise"]),
  }]]);
  assertStringIncludes(text, "| open+close | 5,899 | 6,000 | 6,300 | +300 | 1.050 |");
});
