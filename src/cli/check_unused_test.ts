import { assertEquals, assertRejects } from "@std/assert";
import { ControlServer } from "../control/server.ts";
import { UserError } from "../errors.ts";
import { handler } from "./check.ts";
import { parseInvocation } from "./parse.ts";
import { CHECK } from "./specs/files.ts";

const PAGE = {
  allowlist: "/etc/linprov/allowlist",
  in_force: 9,
  unused: 3,
  since: "2026-11-22T08:00:00.000Z",
  loaded_at: "2026-11-22T08:00:05.000Z",
};
const FIRST = {
  ...PAGE,
  rules: [
    { file: null, line: 3, rule: "creator_uid=1 # by=me", learned: false },
    { file: null, line: 7, rule: "creator_comm=curl", learned: true },
  ],
  next: { policy: 2, after: 7 },
};
const LAST = {
  ...PAGE,
  rules: [{ file: "/etc/linprov/rules.d/a.allow", line: 1, rule: "deny x\x1b", learned: false }],
  next: null,
};

async function unused(answers: Record<string, unknown>, args: string[] = []) {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/control.sock`;
    await using _server = await ControlServer.listen({
      path,
      notifications: "off",
      verbs: { unused: (argument) => `OK ${JSON.stringify(answers[argument])}` },
    });
    let out = "";
    const code = await handler({
      ...parseInvocation(["--unused", "--socket", path, ...args], CHECK),
      out: { print: (text) => out += text, warn: () => {}, columns: 80, colors: false },
      env: () => undefined,
      dropNetwork: () => {},
    });
    return { code, out };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("check --unused lists all pages, and says since when", async () => {
  const { code, out } = await unused({ "": FIRST, "2 7": LAST });
  assertEquals(code, 0);
  assertEquals(out.split("\n"), [
    "/etc/linprov/allowlist:3: unused: creator_uid=1 # by=me",
    "/etc/linprov/allowlist:7: unused, learned by soak: creator_comm=curl",
    '/etc/linprov/rules.d/a.allow:1: unused: "deny x\\x1b"',
    "3 of 9 rules in force have matched nothing since the daemon started at " +
    "2026-11-22T08:00:00.000Z, 1 of them learned by soak",
    "",
  ]);
});

Deno.test("check --unused says when rules may be newer than the daemon", async () => {
  const page = { ...PAGE, loaded_at: "2026-11-22T09:00:00.000Z", unused: 0, rules: [], next: null };
  const { code, out } = await unused({ "": page }, ["--strict"]);
  assertEquals([code, out.split("\n").length], [0, 3]);
  assertEquals(
    out.split("\n")[1],
    "the rules were last read at 2026-11-22T09:00:00.000Z: those that were new then count from there",
  );
});

Deno.test("check --unused fails for them only when strict", async () => {
  assertEquals((await unused({ "": LAST }, ["--strict"])).code, 1);
  assertEquals((await unused({ "": LAST })).code, 0);
});

Deno.test("check --unused wants a daemon and no file", async () => {
  const usage = await assertRejects(() => unused({}, ["rules"]), UserError);
  assertEquals(usage.exit, 2);
  const nobody = async () =>
    await handler({
      ...parseInvocation(["--unused", "--socket", "/nonexistent/sock"], CHECK),
      out: { print: () => {}, warn: () => {}, columns: 80, colors: false },
      env: () => undefined,
      dropNetwork: () => {},
    });
  assertEquals((await assertRejects(nobody, UserError)).exit, 5);
});
