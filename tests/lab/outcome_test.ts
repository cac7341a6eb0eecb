import { assertEquals } from "@std/assert";
import { Transcript, type Verdict } from "./outcome.ts";

const GOOD = [
  "LAB-START a",
  "| hello",
  "LAB a ok 1.5",
  "LAB-START b",
  "LAB b FAIL 0.2",
  "LAB-OUTCOME passed=1 failed=1",
];

function judge(
  planned: string[],
  lines: string[],
  options: { console?: string; late?: string } = {},
): Verdict {
  const transcript = new Transcript(planned);
  for (const line of lines) transcript.line(line);
  return transcript.verdict(options.console ?? "", options.late);
}

Deno.test("Transcript reports what each scenario did and printed", () => {
  const verdict = judge(["a", "b"], GOOD);
  assertEquals(verdict, {
    results: [
      { name: "a", ok: true, seconds: 1.5, output: ["hello"] },
      { name: "b", ok: false, seconds: 0.2, output: [] },
    ],
    missing: [],
    dirty: false,
  });
});

Deno.test("Transcript faults a boot with no outcome line", () => {
  const verdict = judge(["a", "b"], GOOD.slice(0, -1));
  assertEquals(verdict.fault, "0 outcome lines, expected 1");
});

Deno.test("Transcript faults a boot with two outcome lines", () => {
  const verdict = judge(["a", "b"], [...GOOD, "LAB-OUTCOME passed=1 failed=1"]);
  assertEquals(verdict.fault, "2 outcome lines, expected 1");
});

Deno.test("Transcript faults an outcome that isn't what was seen", () => {
  const verdict = judge(["a", "b"], [...GOOD.slice(0, -1), "LAB-OUTCOME passed=2 failed=0"]);
  assertEquals(
    verdict.fault,
    "got 'LAB-OUTCOME passed=2 failed=0', expected 'LAB-OUTCOME passed=1 failed=1'",
  );
});

Deno.test("Transcript blames a panic on the scenario that ran", () => {
  const panic = { console: "[ 1.0] Kernel panic - not syncing: sysrq\n" };
  const verdict = judge(["a", "b", "c"], ["LAB-START a", "LAB a ok 1.0", "LAB-START b"], panic);
  assertEquals(verdict.fault, undefined);
  assertEquals(verdict.results[1]?.ok, false);
  assertEquals(verdict.results[1]?.why, "Kernel panic - not syncing: sysrq");
  assertEquals(verdict.missing, ["c"]);
});

Deno.test("Transcript faults a kernel bug even if all scenarios passed", () => {
  const lines = ["LAB-START a", "LAB a ok 1.0", "LAB-OUTCOME passed=1 failed=0"];
  const console = "[ 1.0] BUG: sleeping function called from invalid context\n";
  const verdict = judge(["a"], lines, { console });
  assertEquals(verdict.fault, "BUG: sleeping function called from invalid context");
});

Deno.test("Transcript blames a guest that just ends on the scenario that ran", () => {
  const verdict = judge(["a", "b"], ["LAB-START a"]);
  assertEquals(verdict.results[0]?.why, "the guest ended while it ran");
  assertEquals(verdict.fault, undefined);
  assertEquals(verdict.missing, ["b"]);
});

Deno.test("Transcript blames a deadline on the scenario that ran", () => {
  const verdict = judge(["a"], ["LAB-START a", "| waiting"], { late: "no result within 9 s in a" });
  assertEquals(verdict.results, [
    { name: "a", ok: false, seconds: 0, output: ["waiting"], why: "no result within 9 s in a" },
  ]);
});

Deno.test("Transcript faults a guest that never began", () => {
  const verdict = judge(["a"], [], { late: "no result within 9 s outside of any scenario" });
  assertEquals(verdict.missing, ["a"]);
  assertEquals(verdict.fault, "no result within 9 s outside of any scenario");
});

Deno.test("Transcript can't be made to report by what a scenario prints", () => {
  const lines = ["LAB-START a", "| LAB a ok 1.0", "| LAB-OUTCOME passed=1 failed=0"];
  const verdict = judge(["a"], lines);
  assertEquals(verdict.results[0]?.ok, false);
});

Deno.test("Transcript faults a result for a scenario that doesn't run", () => {
  const verdict = judge(["a"], ["LAB a ok 1.0", "LAB-OUTCOME passed=0 failed=0"]);
  assertEquals(verdict.fault, "unexpected line on the result port: LAB a ok 1.0");
  assertEquals(verdict.missing, ["a"]);
});

Deno.test("Transcript knows whether PID 1 is there, and whether the power is to be cut", () => {
  const transcript = new Transcript(["a"]);
  const seen = () => ({ isUp: transcript.isUp, isCut: transcript.isCut });
  assertEquals(seen(), { isUp: false, isCut: false });
  transcript.line("LAB-UP");
  assertEquals(seen(), { isUp: true, isCut: false });
  transcript.line("LAB-START a");
  transcript.line("LAB-CUT a");
  assertEquals(seen(), { isUp: true, isCut: true });
});

Deno.test("Transcript takes a power cut that was announced as the scenario's good end", () => {
  const verdict = judge(["a"], ["LAB-START a", "LAB-CUT a"]);
  assertEquals(verdict.fault, undefined);
  assertEquals(verdict.results[0]?.ok, true);
});
