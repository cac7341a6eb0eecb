import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../errors.ts";
import type { Run } from "./run.ts";
import { isUp, serviceState, systemctl } from "./systemd.ts";

Deno.test("serviceState() reads what systemctl shows", async () => {
  const shown = (out: string): Run => () => Promise.resolve({ code: 0, out, err: "" });
  const text = "ActiveState=active\nUnitFileState=enabled\nNeedDaemonReload=yes\n";
  const state = await serviceState(shown(text));
  assertEquals([state, isUp(state)], [{ active: "active", file: "enabled", stale: true }, true]);
  const none = await serviceState(shown("ActiveState=inactive\nUnitFileState=\n"));
  assertEquals([none, isUp(none)], [{ active: "inactive", file: "", stale: false }, false]);
});

Deno.test("systemctl() says why it failed", async () => {
  const failing: Run = () => Promise.resolve({ code: 1, out: "", err: "Job failed.\nSee log\n" });
  await assertRejects(
    () => systemctl(["start", "linprov.service"], failing),
    UserError,
    "cannot run systemctl start linprov.service: Job failed.",
  );
  const missing: Run = () => Promise.resolve(undefined);
  await assertRejects(() => systemctl(["start"], missing), UserError, "there is no systemctl");
});
