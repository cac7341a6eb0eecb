import { assertEquals } from "@std/assert";
import { parseTestSummary } from "./test_summary.ts";

Deno.test("parseTestSummary() reads counts, with steps or without", () => {
  const text = "x ... ok (1ms)\n\nok | 12 passed (3 steps) | 0 failed | 1 ignored (2ms)\n";
  assertEquals(parseTestSummary(text), { passed: 12, failed: 0, ignored: 1 });
  assertEquals(parseTestSummary("FAILED | 1 passed | 2 failed (2ms)\n\nerror: Test failed\n"), {
    passed: 1,
    failed: 2,
    ignored: 0,
  });
});

Deno.test("parseTestSummary() finds nothing where tests couldn't be loaded", () => {
  assertEquals(parseTestSummary("error: Type checking failed.\n"), {
    passed: 0,
    failed: 0,
    ignored: 0,
  });
});

Deno.test("parseTestSummary() isn't fooled by what a test prints", () => {
  const text = "ok | 99 passed | 0 failed (1ms)\nFAILED | 1 passed | 1 failed (2ms)\n";
  assertEquals(parseTestSummary(text).failed, 1);
});
