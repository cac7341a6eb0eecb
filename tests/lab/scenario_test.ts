import { assertEquals, assertThrows } from "@std/assert";
import { KERNELS } from "./kernels.ts";
import { allScenarios, parseScenario } from "./scenario.ts";

Deno.test("parseScenario() gives a plain scenario a shared boot on all kernels", () => {
  assertEquals(parseScenario("x", ". /lab/kernel/lib.sh\n"), {
    name: "x",
    deadline: 900,
    boot: "shared",
    reboots: 0,
    kernels: KERNELS,
    cases: [],
  });
});

Deno.test("parseScenario() reads all headers", () => {
  const text = "# deadline: 120\n# boot: systemd\n# reboots: 1\n# kernels: 6.12 7.3 -- no kfunc\n" +
    "# case: a/one a/two\n# case: b/three\n";
  assertEquals(parseScenario("x", text), {
    name: "x",
    deadline: 120,
    boot: "systemd",
    reboots: 1,
    kernels: ["6.12", "7.3"],
    kernelsReason: "no kfunc",
    cases: ["a/one", "a/two", "b/three"],
  });
});

Deno.test("parseScenario() boots alone what reboots", () => {
  assertEquals(parseScenario("x", "# reboots: 1\n").boot, "own");
});

Deno.test("parseScenario() refuses headers that mean nothing", () => {
  for (
    const header of [
      "# deadline: soon",
      "# boot: alone",
      "# kernels: 6.12",
      "# kernels: 5.4 -- old",
      "# boot: shared\n# reboots: 1",
    ]
  ) {
    assertThrows(() => parseScenario("x", header + "\n"), SyntaxError, "scenario x");
  }
});

Deno.test("allScenarios() reads every file in tests/kernel", async () => {
  assertEquals((await allScenarios())[0]?.name, "00_smoke");
});
