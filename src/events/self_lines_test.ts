import { assertEquals } from "@std/assert";
import { LpSelf, LpSelfOperation } from "../../ffi/layout.gen.ts";
import type { SelfEvent } from "./event.ts";
import { OPERATIONS, selfLine, WHATS } from "./self_lines.ts";

const EVENT: SelfEvent = {
  type: "self",
  what: "state",
  operation: "unlink",
  signal: null,
  untold: 0,
  time: 1_800_000_002_000,
  pid: 42,
  uid: 0,
  comm: "rm",
  path: "/var/lib/linprov/key",
  host: true,
};

Deno.test("selfLine() names what was tried, with what, and by whom", () => {
  const { message, properties } = selfLine(EVENT);
  assertEquals(
    message,
    "GUARDED what=state op=unlink target=/var/lib/linprov/key pid=42 comm=rm uid=0",
  );
  assertEquals([properties.event, properties.signal, properties.unlogged], ["GUARDED", null, 0]);
});

Deno.test("selfLine() tells of signals, and of attempts without a line", () => {
  const event = { ...EVENT, what: "process", operation: "kill", path: "7", signal: 9 } as const;
  const { message } = selfLine({ ...event, untold: 12 });
  assertEquals(
    message,
    "GUARDED what=process op=kill target=7 signal=9 pid=42 comm=rm uid=0 unlogged=12",
  );
});

Deno.test("selfLine() keeps a hostile name in its value", () => {
  const { message } = selfLine({ ...EVENT, comm: "a uid=0", path: "x\nGUARDED what=map" });
  assertEquals(
    message,
    'GUARDED what=state op=unlink target="x\\nGUARDED what=map" pid=42 comm="a uid=0" uid=0',
  );
});

Deno.test("WHATS and OPERATIONS have the kernel's order", () => {
  const names = (numbers: Record<string, number>) =>
    Object.entries(numbers).sort(([, a], [, b]) => a - b)
      .map(([name]) => name.slice("LP_SELF_".length).toLowerCase());
  assertEquals(names(LpSelf), [...WHATS]);
  assertEquals(names(LpSelfOperation), [...OPERATIONS]);
});
