import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OpenObject } from "../../ffi/object.ts";
import { UserError } from "../errors.ts";
import type { Btf } from "../host/btf.ts";
import { DETECTOR_NAMES, readDetector } from "../policy/detectors.ts";
import { probeDetectors, requireDetectors } from "./detector_host.ts";
import { DETECTOR_PROGRAMS } from "./detector_table.ts";
import { BPF_OBJECT } from "./object.ts";

/** A kernel with all hooks but some. */
function kernel(without: string[] = []): () => Btf {
  const has = (name: string) => !without.includes(name);
  return () =>
    ({
      hasFunction: has,
      find: (_kind: string, name: string) => has(name) ? {} : undefined,
    }) as unknown as Btf;
}

Deno.test("the object has each detector's programs, and leaves them out unless asked", () => {
  using open = new OpenObject(BPF_OBJECT, { name: "test" });
  const found = open.programs().filter(({ name }) => name.startsWith("detect_"));
  assertEquals(
    found.map(({ name, section }) => `${name} ${section}`).sort(),
    Object.values(DETECTOR_PROGRAMS).flat().map(({ program, section }) => `${program} ${section}`)
      .sort(),
  );
  assertEquals(found.filter(({ autoload }) => autoload), []);
});

Deno.test("requireDetectors() names what the kernel can't do", () => {
  requireDetectors(DETECTOR_NAMES.map((name) => readDetector(name)), kernel());
  requireDetectors([], () => {
    throw new Error("nothing is to be on");
  });
  const error = assertThrows(
    () => requireDetectors([readDetector("exec")], kernel(["btf_trace_sched_process_exec"])),
    UserError,
  );
  assertEquals(error.exit, 4);
  assertStringIncludes(
    error.message,
    "cannot detect exec: this kernel has no tp_btf/sched_process_exec",
  );
  requireDetectors([readDetector("mprotect")], kernel(["bpf_lsm_path_unlink"]));
});

Deno.test("probeDetectors() says what is left out, and keeps no host from enforcing", () => {
  assertEquals(probeDetectors(kernel()).state, "supported");
  const { state, detail, optional } = probeDetectors(kernel(["bpf_lsm_path_unlink"]));
  assertEquals([state, optional], ["unsupported", true]);
  assertStringIncludes(detail, "replaced");
});
