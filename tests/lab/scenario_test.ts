import { assertEquals, assertThrows } from "@std/assert";
import { KERNELS } from "./kernels.ts";
import { allScenarios, parseScenario } from "./scenario.ts";

Deno.test("parseScenario() gives a plain scenario a shared boot on all kernels", () => {
  assertEquals(parseScenario("x", ". /lab/kernel/lib.sh\n"), {
    name: "x",
    deadline: 900,
    boot: "shared",
    cpus: 1,
    reboots: 0,
    weight: 1,
    keepsDaemon: false,
    kernels: KERNELS,
    gate: KERNELS,
    cases: [],
  });
});

Deno.test("parseScenario() reads all headers", () => {
  const text =
    "# deadline: 120\n# boot: systemd\n# memory: 2048\n# cpus: 2\n# reboots: 1\n# weight: 7\n# kernels: 6.12 7.3 -- no kfunc\n" +
    "# gate: 7.3\n# case: a/one a/two\n# case: b/three\n";
  assertEquals(parseScenario("x", text), {
    name: "x",
    deadline: 120,
    boot: "systemd",
    memory: 2048,
    cpus: 2,
    reboots: 1,
    weight: 7,
    keepsDaemon: false,
    kernels: ["6.12", "7.3"],
    kernelsReason: "no kfunc",
    gate: ["7.3"],
    cases: ["a/one", "a/two", "b/three"],
  });
});

Deno.test("parseScenario() boots alone what reboots", () => {
  const { boot, weight } = parseScenario("x", "# reboots: 1\n");
  assertEquals({ boot, weight }, { boot: "own", weight: 2 });
});

Deno.test("parseScenario() reads that a daemon may be shared", () => {
  assertEquals(parseScenario("x", "# daemon: kept\n").keepsDaemon, true);
});

Deno.test("parseScenario() leaves to the full gate what isn't in the plain one", () => {
  const { kernels, gate } = parseScenario("x", "# gate: none\n");
  assertEquals({ kernels, gate }, { kernels: KERNELS, gate: [] });
});

Deno.test("parseScenario() refuses headers that mean nothing", () => {
  for (
    const header of [
      "# deadline: soon",
      "# boot: alone",
      "# kernels: 6.12",
      "# kernels: 5.4 -- old",
      "# gate: 5.4",
      "# gate:",
      "# kernels: 6.12 -- new\n# gate: 6.1",
      "# boot: shared\n# reboots: 1",
      "# daemon: shared",
      "# memory: 2048",
      "# boot: own\n# memory: much",
      "# cpus: 0",
      "# cpus: many",
      "# boot: own\n# daemon: kept",
    ]
  ) {
    assertThrows(() => parseScenario("x", header + "\n"), SyntaxError, "scenario x");
  }
});

Deno.test("allScenarios() reads every file in tests/kernel", async () => {
  assertEquals((await allScenarios())[0]?.name, "00_smoke");
});
