import { assertEquals } from "@std/assert";
import type { GuardEvent } from "./event.ts";
import { guardLevel, guardLine } from "./guard_lines.ts";

const EVENT: GuardEvent = {
  type: "guard",
  guard: "kernel-modules",
  operation: "load_module",
  answer: "block",
  time: 1_800_000_002_000,
  pid: 42,
  uid: 1000,
  comm: "insmod",
  path: "/root/x.ko",
  host: true,
};

Deno.test("guardLine() names guard, operation, process and target", () => {
  const { message, properties } = guardLine(EVENT);
  assertEquals(
    message,
    "GUARD-BLOCKED name=kernel-modules reason=load_module pid=42 comm=insmod uid=1000 " +
      "target=/root/x.ko",
  );
  assertEquals([properties.event, properties.target], ["GUARD-BLOCKED", "/root/x.ko"]);
});

Deno.test("guardLine() has no target where there is none, and keeps a hostile one in its value", () => {
  const { message, properties } = guardLine({ ...EVENT, path: null, answer: "would-block" });
  assertEquals(
    message,
    "GUARD-WOULD-BLOCK name=kernel-modules reason=load_module pid=42 comm=insmod uid=1000",
  );
  assertEquals(properties.target, null);
  const hostile = guardLine({ ...EVENT, comm: "a uid=0", path: "x\nGUARD-BLOCKED name=bpf" });
  assertEquals(
    hostile.message.split("pid=42 ")[1],
    'comm="a uid=0" uid=1000 target="x\\nGUARD-BLOCKED name=bpf"',
  );
});

Deno.test("guardLevel() warns of what was refused alone", () => {
  const levels = (["block", "would-block", "spared"] as const).map(guardLevel);
  assertEquals(levels, ["warn", "info", "info"]);
});
