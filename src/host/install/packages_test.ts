import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../errors.ts";
import { packageOf, requireUnpackaged } from "./packages.ts";
import type { Run } from "./run.ts";
import { isUp, serviceState, systemctl } from "./systemd.ts";

/** dpkg knows one file, and there is no rpm. */
const run: Run = (command, args) => {
  if (command !== "dpkg") return Promise.resolve(undefined);
  const known = args[1] === "/usr/bin/ls";
  const out = known ? "coreutils: /usr/bin/ls\n" : "";
  return Promise.resolve({ code: known ? 0 : 1, out, err: "" });
};

Deno.test("packageOf() asks the package managers that there are", async () => {
  assertEquals(await packageOf("/usr/bin/ls", run), "dpkg -S says: coreutils: /usr/bin/ls");
  assertEquals(await packageOf("/usr/local/bin/linprov", run), undefined);
});

Deno.test("requireUnpackaged() refuses the files of packages", async () => {
  await requireUnpackaged("cannot set up", ["/usr/local/bin/linprov"], run);
  await assertRejects(
    () => requireUnpackaged("cannot set up", ["/usr/local/bin/linprov", "/usr/bin/ls"], run),
    UserError,
    "cannot set up: /usr/bin/ls belongs to a package",
  );
});

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
