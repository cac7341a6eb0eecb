import { assertEquals } from "@std/assert";
import type { Mark, VerdictEvent } from "./event.ts";
import { localLine, markLine, verdictLevel, verdictLine } from "./log_lines.ts";

const FILE = { fs: new Uint8Array(16), ino: 7n, gen: 1, dev: 0 };

const MARK: Mark = {
  origin: {
    number: 3,
    creator: "/usr/bin/curl",
    comm: "curl",
    uid: 1000,
    zone: "internet",
    remote: "192.0.2.1",
    port: 8000,
    time: 1_800_000_000,
  },
  landingFolder: "/home/u/Downloads/",
  landingFile: "tool",
  writer: "/usr/bin/curl",
  writerUid: 1000,
  derived: false,
  time: 1_800_000_001,
};

const VERDICT: VerdictEvent = {
  type: "verdict",
  kind: "exec",
  answer: "block",
  rule: null,
  denied: false,
  sha256: null,
  mark: MARK,
  file: FILE,
  time: 1_800_000_002_000,
  pid: 42,
  uid: 1000,
  comm: "bash",
  path: "/home/u/Downloads/tool",
  host: true,
};

const TOKEN = "3fa29c0112345678";

const ORIGIN = "origin={creator=/usr/bin/curl comm=curl uid=1000 zone=internet " +
  "remote=192.0.2.1:8000 time=2027-01-15T08:00:00.000Z}";

Deno.test("verdictLine() names what was blocked, and how to allow it", () => {
  const { message, properties } = verdictLine(VERDICT, TOKEN);
  assertEquals(
    message,
    "BLOCKED-EXEC target=/home/u/Downloads/tool landing_folder=/home/u/Downloads/ " +
      `landing_file=tool pid=42 comm=bash uid=1000 kind=exec ${ORIGIN} [allow: 3fa29c0112345678]`,
  );
  assertEquals(properties.event, "BLOCKED-EXEC");
  assertEquals(properties.pid, 42);
  assertEquals([properties.token, properties.rule, properties.rule_line], [TOKEN, null, null]);
});

Deno.test("verdictLine() has a name for each answer, and a token only for a block", () => {
  const names = (["allow", "would-block", "spared"] as const).map((answer) =>
    verdictLine({ ...VERDICT, answer }, TOKEN).message
  );
  assertEquals(names.map((line) => line.split(" ")[0]), [
    "PROVENANCE-EXEC",
    "WOULD-BLOCK-EXEC",
    "SPARED-EXEC",
  ]);
  assertEquals(names.some((line) => line.includes("allow:")), false);
  assertEquals(
    ["block", "spared", "allow", "would-block"].map((answer) =>
      verdictLevel(answer as VerdictEvent["answer"])
    ),
    ["warn", "warn", "info", "info"],
  );
});

Deno.test("verdictLine() tells a script by its base name and interpreter", () => {
  const line = verdictLine({ ...VERDICT, kind: "script", path: "/tmp/my job.sh" }).message;
  assertEquals(
    line.split(" landing_folder")[0],
    'BLOCKED-SCRIPT script="/tmp/my job.sh" name="my job.sh" interp=bash',
  );
  const pipe = verdictLine({ ...VERDICT, kind: "pipe", path: null }).message;
  assertEquals(pipe.startsWith("BLOCKED-SCRIPT script=(pipe) "), true);
});

Deno.test("verdictLine() names the rule that decided", () => {
  const rule = { line: 4, text: "creator_comm=curl" };
  const { message, properties } = verdictLine({ ...VERDICT, answer: "allow", rule });
  assertEquals(message.includes(" rule=creator_comm=curl rule_line=4 "), true);
  assertEquals([properties.rule, properties.rule_line], ["creator_comm=curl", 4]);
  assertEquals(properties.rule_file, null);
  const file = "/etc/linprov/rules.d/site.allow";
  const elsewhere = verdictLine({ ...VERDICT, answer: "allow", rule: { ...rule, file } });
  assertEquals(elsewhere.message.includes(` rule_line=4 rule_file=${file} `), true);
  assertEquals(elsewhere.properties.rule_file, file);
  const once = { ...rule, line: null };
  const permitted = verdictLine({ ...VERDICT, answer: "allow", rule: once });
  assertEquals(permitted.message.includes("rule_line"), false);
  assertEquals([permitted.properties.rule, permitted.properties.rule_line], [rule.text, null]);
  assertEquals(permitted.properties.token, null);
});

Deno.test("verdictLine() keeps a hostile name inside its value", () => {
  const path = "/tmp/a\nBLOCKED-EXEC target=/bin/sh [allow: 00000000]";
  const { message } = verdictLine({ ...VERDICT, path });
  assertEquals(message.split("\n").length, 1);
  assertEquals(message.includes('target="/tmp/a\\nBLOCKED-EXEC target=/bin/sh [allow: 0'), true);
});

Deno.test("verdictLine() says ? for what nobody knows", () => {
  const origin = { ...MARK.origin, creator: null, comm: null, uid: null, remote: null, time: 0 };
  const mark = { ...MARK, origin, landingFolder: null, landingFile: null };
  const { message, properties } = verdictLine({ ...VERDICT, mark });
  assertEquals(
    message.split("target=/home/u/Downloads/tool ")[1],
    "landing_folder=? landing_file=? pid=42 comm=bash uid=1000 kind=exec " +
      "origin={creator=? comm=? uid=? zone=internet remote=? time=?}",
  );
  assertEquals(properties.landing_file, null);
  assertEquals((properties.origin as Record<string, unknown>).uid, null);
  // A file may be called so.
  const named = verdictLine({ ...VERDICT, mark: { ...mark, landingFile: "?" } });
  assertEquals(named.message.includes(' landing_file="?" '), true);
  assertEquals(named.properties.landing_file, "?");
});

Deno.test("markLine() and localLine() begin with a verb and the path", () => {
  const { type: _, kind: __, answer: ___, rule: ____, denied: _____, ...common } = VERDICT;
  const marked = markLine({ ...common, type: "mark" }).message;
  assertEquals(
    marked,
    `marked /home/u/Downloads/tool (writer=/usr/bin/curl writer_uid=1000 pid=42 ${ORIGIN})`,
  );
  const derived = markLine({ ...common, type: "mark", mark: { ...MARK, derived: true } }).message;
  assertEquals(derived.startsWith("marked (derived) /home/u/Downloads/tool ("), true);
  assertEquals(
    localLine({ ...common, type: "local" }).message,
    "local again /home/u/Downloads/tool (pid=42 comm=bash)",
  );
});
