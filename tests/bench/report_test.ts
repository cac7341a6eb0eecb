import { assertEquals, assertStringIncludes } from "@std/assert";
import { emptyProgram, parseMeasures, report, withLoading } from "./report.ts";

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

Deno.test("report() compares linprov with the floor and the goals", () => {
  const text = report(
    new Map([["6.12", {
      release: "6.12.1",
      ways: {
        none: parseMeasures(["open 5899", "exec 500000", "pread 1400", "noise of 3 words"]),
        empty: parseMeasures(["open 6000", "exec 600000", "pread 1600"]),
        linprov: parseMeasures(["open 6300", "exec 606000", "exec-marked-10-rules 1000"])
          .set("exec-marked-100000-rules", 1200),
      },
    }]]),
  );
  assertStringIncludes(text, "| 5,899 | 6,000 | 6,300 | +300 | 1.050 | ≤ +120: missed |");
  assertStringIncludes(text, "| 500,000 | 600,000 | 606,000 | +6,000 | 1.010 | ≤ +1 %: met |");
  assertStringIncludes(text, "| 1,400 | 1,600 | ? | ? | NaN | ≤ +40: missed |");
  assertStringIncludes(text, "1.200 times as much (goal ≤ 1.1: missed)");
});

Deno.test("withLoading() keeps the part that isn't counted in guests", () => {
  const kept = "\n## Loading rules\n\nA second.\n";
  assertEquals(withLoading("# New\n", `# Old\n${kept}`), `# New\n${kept}`);
  assertEquals(withLoading("# New\n", "# Old\n"), "# New\n");
});
