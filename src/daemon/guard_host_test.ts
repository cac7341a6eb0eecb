import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { OpenObject } from "../../ffi/object.ts";
import { UserError } from "../errors.ts";
import type { Btf } from "../host/btf.ts";
import { GUARD_NAMES, guardOperations, readGuard } from "../policy/guards.ts";
import { probeGuards, requireGuards } from "./guard_host.ts";
import { GUARD_PROGRAMS } from "./guard_table.ts";
import { BPF_OBJECT } from "./object.ts";

const ALL = Object.values(GUARD_PROGRAMS).flat().map(({ section }) => section);

/** A kernel with all hooks but some. */
function kernel({ without = [] as string[], also = [] as string[] } = {}): () => Btf {
  const names = ALL.filter((section) => !without.includes(section)).map((section) =>
    section.replace("lsm/", "bpf_lsm_").replace(/^f(entry|exit)\//, "")
  );
  const functions = new Set([...names, ...also]);
  return () => ({ hasFunction: (name: string) => functions.has(name) }) as Btf;
}

Deno.test("every operation of every guard has a program", () => {
  for (const name of GUARD_NAMES) {
    const covered = new Set(GUARD_PROGRAMS[name].flatMap(({ operations }) => operations));
    assertEquals([...covered].sort(), [...guardOperations(name)].sort(), name);
  }
});

Deno.test("the object has each guard's programs, and leaves them out unless asked", () => {
  using open = new OpenObject(BPF_OBJECT, { name: "test" });
  const found = open.programs().filter(({ name }) => name.startsWith("guard_"));
  const sections = found.map(({ name, section }) => `${name} ${section}`);
  const table = Object.values(GUARD_PROGRAMS).flat();
  assertEquals(
    sections.sort(),
    table.map(({ program, section }) => `${program} ${section}`).sort(),
  );
  assertEquals(found.filter(({ autoload }) => autoload), []);
});

Deno.test("requireGuards() names what the kernel can't do", () => {
  const guards = [readGuard("namespaces", { permission: "deny" })];
  requireGuards(guards, kernel());
  requireGuards([], () => {
    throw new Error("not read");
  });
  const lacking = kernel({ without: ["lsm/userns_create"] });
  const error = assertThrows(() => requireGuards(guards, lacking), UserError);
  assertEquals(error.exit, 4);
  assertStringIncludes(
    error.message,
    "cannot guard namespaces: this kernel has no lsm/userns_create",
  );
  requireGuards([readGuard("namespaces", { permission: "deny", allow: ["user"] })], lacking);
});

Deno.test("requireGuards() wants what only some kernels need where they need it", () => {
  const guards = [readGuard("namespaces", { permission: "deny", block: ["mount"] })];
  const without = ["fentry/vfs_open_tree", "fexit/vfs_open_tree"];
  requireGuards(guards, kernel({ without }));
  assertThrows(
    () => requireGuards(guards, kernel({ without, also: ["create_new_namespace"] })),
    UserError,
    "fentry/vfs_open_tree",
  );
});

Deno.test("probeGuards() says what is left out, and is never what keeps a host from enforcing", () => {
  assertEquals(probeGuards(kernel()).state, "supported");
  const { state, detail, optional } = probeGuards(kernel({ without: ["lsm/bpf"] }));
  assertEquals([state, optional], ["unsupported", true]);
  assertStringIncludes(detail, "bpf map_create, bpf prog_load, bpf btf_load");
  const none = probeGuards(() => {
    throw new Deno.errors.NotFound();
  });
  assertEquals(none.state, "untested");
});
