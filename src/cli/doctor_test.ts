import { assertEquals } from "@std/assert";
import type { Probed } from "../host/probe.ts";
import { report } from "./doctor.ts";
import { painter } from "./paint.ts";

const ANSWERS: Probed[] = [
  { name: "root", state: "supported", detail: "root", fix: "never shown" },
  {
    name: "BPF LSM",
    state: "unsupported",
    detail: "without bpf",
    fix: "add it:\nupdate && reboot",
  },
  { name: "lockdown", state: "untested", detail: "who knows" },
  { name: "BPF filesystem", state: "unsupported", detail: "not mounted", optional: true },
];

Deno.test("report() aligns what it says, with the fix below", () => {
  assertEquals(
    report(ANSWERS, painter({ colors: false })),
    `ok  root            root
NO  BPF LSM         without bpf
                    fix: add it:
                    update && reboot
??  lockdown        who knows
--  BPF filesystem  not mounted

This host is not protected: BPF LSM, lockdown
`,
  );
});

Deno.test("report() doesn't mind what is optional, and has colours where they are wanted", () => {
  const fine = ANSWERS.filter(({ state, optional }) => state === "supported" || optional);
  const text = report(fine, painter({ colors: true }));
  assertEquals(text.split("\n").at(-2), "\x1b[32mThis host can enforce.\x1b[39m");
  assertEquals(text.startsWith("\x1b[32mok\x1b[39m  root"), true);
});
