/**
 * Real records of the log, through its own sink, against the schema in docs.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as life from "../src/daemon/life_lines.ts";
import type { EngineStatus } from "../src/daemon/protocol.ts";
import { describeDaemon } from "../src/daemon/status.ts";
import { detectionLevel, detectionLine } from "../src/events/detection_lines.ts";
import type {
  Answer,
  DetectionEvent,
  GuardEvent,
  Kind,
  Mark,
  SelfEvent,
  VerdictEvent,
} from "../src/events/event.ts";
import { guardLevel, guardLine } from "../src/events/guard_lines.ts";
import { localLine, markLine, verdictLevel, verdictLine } from "../src/events/log_lines.ts";
import { OPERATIONS, selfLine, WHATS } from "../src/events/self_lines.ts";
import { Log, logger, say } from "../src/log/log.ts";
import { DETECTOR_NAMES, detectorActs, readDetector } from "../src/policy/detectors.ts";
import { GUARD_NAMES, guardOperations, readGuard } from "../src/policy/guards.ts";
import { type Schema, violations } from "./json_schema.ts";

const SCHEMA: Schema = JSON.parse(
  await Deno.readTextFile(new URL("../docs/events.schema.json", import.meta.url)),
);

/** What is logged as JSON, parsed. */
async function records(say: () => void): Promise<Record<string, unknown>[]> {
  let text = "";
  const write = (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  };
  {
    const options = { logLevel: "debug", logFormat: "json", logFile: null } as const;
    const open = () => ({ write, close: () => {} });
    await using _log = await Log.open(options, { open, journal: false });
    say();
  }
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) });
const maybeBytes = fc.option(bytes);
const uid = fc.nat(0xfffffffe);
const seconds = fc.nat(0xffffffff);

const mark: fc.Arbitrary<Mark> = fc.record({
  origin: fc.record({
    number: fc.nat(),
    creator: maybeBytes,
    comm: maybeBytes,
    uid: fc.option(uid),
    zone: fc.constantFrom("internet", "lan", "unknown"),
    remote: fc.constantFrom(null, "192.0.2.1", "2001:db8::1"),
    port: fc.option(fc.integer({ min: 1, max: 65535 })),
    time: seconds,
  }),
  landingFolder: maybeBytes,
  landingFile: maybeBytes,
  writer: maybeBytes,
  writerUid: fc.option(uid),
  derived: fc.boolean(),
  time: seconds,
});

const common = {
  time: fc.nat(),
  pid: fc.nat(),
  uid,
  comm: bytes,
  path: maybeBytes,
  host: fc.boolean(),
  file: fc.constant({ fs: new Uint8Array(16), ino: 1n, gen: 0, dev: 0 }),
};

const verdict: fc.Arbitrary<VerdictEvent> = fc.record({
  type: fc.constant("verdict" as const),
  kind: fc.constantFrom<Kind>("exec", "script", "mmap", "pipe"),
  answer: fc.constantFrom<Answer>("allow", "block", "would-block", "spared"),
  rule: fc.option(fc.record({
    line: fc.option(fc.integer({ min: 1 })),
    file: fc.constant("/etc/linprov/rules.d/a.allow"),
    text: bytes,
  }, { requiredKeys: ["line", "text"] })),
  denied: fc.boolean(),
  mark,
  sha256: fc.option(fc.constant("0f".repeat(32))),
  ...common,
});

Deno.test("JSON lines about decisions follow the schema", async () => {
  const events = fc.sample(verdict, 300);
  const said = await records(() => {
    for (const event of events) {
      const { message, properties } = verdictLine(event, "3fa29c0112345678");
      logger("event")[verdictLevel(event.answer)](message, properties);
    }
  });
  assertEquals(said.length, events.length);
  said.forEach((record, i) => {
    assertEquals(violations(record, SCHEMA), [], JSON.stringify(record));
    const { answer, rule } = events[i]!;
    assertEquals(record.token, answer === "block" ? "3fa29c0112345678" : null);
    assertEquals(record.rule_line, rule?.line ?? null);
    assertEquals(record.rule_file, rule?.file ?? null);
    assertEquals(record.rule === null, rule === null);
  });
});

Deno.test("JSON lines about own protection follow the schema", async () => {
  const event: fc.Arbitrary<SelfEvent> = fc.record({
    type: fc.constant("self" as const),
    what: fc.constantFrom(...WHATS),
    operation: fc.constantFrom(...OPERATIONS),
    signal: fc.option(fc.nat(64)),
    untold: fc.nat(3),
    ...common,
  });
  const events = fc.sample(event, 100);
  const said = await records(() => {
    for (const event of events) {
      const { message, properties } = selfLine(event);
      logger("event").warn(message, properties);
    }
  });
  assertEquals(said.length, events.length);
  for (const record of said) assertEquals(violations(record, SCHEMA), [], JSON.stringify(record));
});

Deno.test("JSON lines about guards follow the schema", async () => {
  const guard: fc.Arbitrary<GuardEvent> = fc.constantFrom(...GUARD_NAMES).chain((name) =>
    fc.record({
      type: fc.constant("guard" as const),
      guard: fc.constant(name),
      operation: fc.constantFrom(...guardOperations(name)),
      answer: fc.constantFrom<Answer>("block", "would-block", "spared"),
      ...common,
    })
  );
  const events = fc.sample(guard, 100);
  const said = await records(() => {
    for (const event of events) {
      const { message, properties } = guardLine(event);
      logger("event")[guardLevel(event.answer)](message, properties);
    }
  });
  assertEquals(said.length, events.length);
  for (const record of said) assertEquals(violations(record, SCHEMA), [], JSON.stringify(record));
  const [first] = said;
  for (const bad of [{ ...first, name: "usb" }, { ...first, uid: null }, { ...first, reason: 1 }]) {
    assert(violations(bad, SCHEMA).length > 0, JSON.stringify(bad));
  }
});

Deno.test("JSON lines about what detectors saw follow the schema", async () => {
  const execution = fc.record({
    told: fc.record({ arguments: fc.boolean(), environment: fc.boolean() }),
    arguments: fc.option(fc.array(bytes)),
    argumentBytes: fc.nat(),
    argumentsCut: fc.boolean(),
    environment: fc.array(bytes),
    environmentCut: fc.boolean(),
    sha256: fc.option(fc.constant("0f".repeat(32))),
  });
  const { time, pid, comm } = common;
  const detection: fc.Arbitrary<DetectionEvent> = fc.constantFrom(...DETECTOR_NAMES).chain((name) =>
    fc.record({
      type: fc.constant("detection" as const),
      detector: fc.constant(name),
      act: fc.constantFrom(...detectorActs(name)),
      exe: maybeBytes,
      target: maybeBytes,
      targetPid: fc.option(fc.integer({ min: 1 })),
      ancestors: fc.array(fc.record({ pid: fc.integer({ min: 1 }), comm, exe: maybeBytes }), {
        maxLength: 8,
      }),
      execution: name === "exec" ? execution : fc.constant(null),
      pathsCut: fc.boolean(),
      mark: fc.option(mark),
      ...{ time, pid, comm, uid },
    })
  );
  const events = fc.sample(detection, 200);
  const said = await records(() => {
    for (const event of events) {
      const { message, properties } = detectionLine(event);
      logger("event")[detectionLevel(event)](message, properties);
    }
  });
  assertEquals(said.length, events.length);
  for (const record of said) assertEquals(violations(record, SCHEMA), [], JSON.stringify(record));
  const [first] = said;
  const { ancestry: _, ...without } = first!;
  for (const bad of [without, { ...first, name: "usb" }, { ...first, ancestry: [{ pid: 1 }] }]) {
    assert(violations(bad, SCHEMA).length > 0, JSON.stringify(bad));
  }
});

Deno.test("JSON lines about marks follow the schema", async () => {
  const marks = fc.sample(fc.record({ type: fc.constant("mark" as const), mark, ...common }), 100);
  const said = await records(() => {
    for (const event of marks) {
      for (
        const { message, properties } of [markLine(event), localLine({ ...event, type: "local" })]
      ) {
        logger("event").debug(message, properties);
      }
    }
  });
  assertEquals(said.length, 2 * marks.length);
  for (const record of said) assertEquals(violations(record, SCHEMA), [], JSON.stringify(record));
});

const LIFE: life.LifeLine[] = [
  life.rulesLoaded(
    { loaded: 1, total: 2, files: ["/etc/linprov/rules.d/a.allow"] },
    "/etc/linprov/allowlist",
  ),
  life.marksTakenOver(3, "/var/lib/linprov/store.db"),
  life.listening("/run/linprov/control.sock"),
  life.running("enforce"),
  life.reloading("/a"),
  life.mistake("/a", { line: 1, column: 2, message: "unknown" }),
  life.rulesStay("/a"),
  life.allStays("cannot read"),
  life.needsRestart(["hash_db"]),
  life.allowed({ once: true, rule: "creator_uid=0", token: "3fa29c01", peer: { uid: 0, pid: 1 } }),
  life.guardOn(readGuard("fileless", { permission: "deny" }), "observe"),
  life.guardOff("fileless"),
  life.selfOn(),
  life.selfOff(),
  life.detectorOn(readDetector("mprotect", { allow: ["/usr/bin/node"] })),
  life.detectorOff("exec"),
  life.soakAdded("creator_uid=0"),
  life.trialBegins(0.5),
  life.trialConfirmed(1),
  life.trialFailed(),
  life.lost({ what: "events_lost", count: 1, total: 2 }),
  life.tookOver(),
  life.storeReplaced("/s/store.db", { why: "it was gone", aside: null, salvaged: 0 }),
  life.storeReplaced("/s/store.db", { why: "it is damaged", aside: "/s/aside", salvaged: 3 }),
  life.restored({ looked: 12, restored: 3 }),
  life.rekeyed(),
  life.rescue(),
  life.distrusted({ path: "/a", database: "dpkg", package: null, why: "w", advice: "a" }),
  life.distrusted({ path: "/a", database: "dpkg", package: "p", why: "w", advice: "a" }),
  life.failedBoots(1, false),
  life.failedBoots(2, true),
  life.bootIsGood("somebody logged in"),
  life.fallbackEnded(1),
  life.notPinned(),
  life.handedOver(),
  life.stopped(),
];

Deno.test("JSON lines about the daemon's life follow the schema", async () => {
  const said = await records(() => {
    for (const line of LIFE) {
      say(logger(line.properties.event === "LISTENING" ? "control" : "daemon"), line);
    }
    logger("daemon").warn("anything else");
  });
  assertEquals(said.length, LIFE.length + 1);
  for (const record of said) assertEquals(violations(record, SCHEMA), [], JSON.stringify(record));
  // None of them is forgotten here: each has a branch of its own in the schema.
  const described = JSON.stringify(SCHEMA).match(/"event":\{"const":"[A-Z-]+"/g)!.map((text) =>
    text.split('"')[5]
  );
  const events = [...said.map((record) => record.event), "LOG-LOST"];
  assertEquals(described.filter((event) => !events.includes(event)), []);
});

Deno.test("a JSON line about lost lines follows the schema", async () => {
  const said = await records(() => {
    // More than the queue takes, in one turn of the event loop.
    for (let i = 0; i < 2000; i++) logger("daemon").info("x".repeat(1000));
    setTimeout(() => logger("daemon").info("later"), 0);
  });
  const lost = said.find((record) => record.event === "LOG-LOST");
  assert(lost, "nothing was lost");
  assertEquals(violations(lost, SCHEMA), []);
});

Deno.test("the state of a daemon follows its schema", async () => {
  const text = await Deno.readTextFile(new URL("../docs/status.schema.json", import.meta.url));
  const engine: EngineStatus = {
    mode: "enforce",
    rules: { loaded: 1, total: 2, files: ["/etc/linprov/rules.d/a.allow"] },
    hooks: ["lsm/file_open"],
    pinned: true,
    hits: [{ line: null, rule: "creator_uid=0", hits: 3 }],
    used: 1,
    guards: [{
      name: "fileless",
      permission: "deny",
      operations: ["memfd"],
      blocked: 1,
      would_block: 2,
      spared: 0,
    }],
    isProtected: true,
    detectors: [{ name: "exec", detected: 3, dropped: 0 }],
    counters: { marks: 3, events_lost: 1, self_state: 2 },
    skipped: {},
    unpersisted: 1,
    stored: 2,
    distrusted: 1,
    losses: {},
  };
  const facts = {
    allowlist: "/a",
    started: 0,
    trialEnds: null,
    failedBoots: 0,
    tokens: 1,
    clients: 1,
    losses: {},
  };
  const status = JSON.parse(JSON.stringify(describeDaemon(engine, facts)));
  assertEquals(status.losses, { events_lost: 1 });
  assertEquals([status.self.on, status.self.refused.state], [true, 2]);
  assertEquals(violations(status, JSON.parse(text)), []);
  assertEquals(violations({ ...status, pid: 0 }, JSON.parse(text)), ["pid: less than 1"]);
});

Deno.test("the schema refuses what is wrong", async () => {
  const event = { ...fc.sample(verdict, 1)[0]!, answer: "block" as const, kind: "exec" as const };
  const [good] = await records(() => {
    const { message, properties } = verdictLine(event, "3fa29c0112345678");
    logger("event").warn(message, properties);
  });
  assertEquals(violations(good, SCHEMA), []);
  const { rule: _, ...withoutRule } = good!;
  for (
    const bad of [
      withoutRule,
      { ...good, token: null },
      { ...good, pid: "1" },
      { ...good, surprise: 1 },
      { ...good, origin: { ...good!.origin as object, surprise: 1 } },
      { ...good, event: "BLOCKED" },
      { ...good, time: "2026-11-22 01:53:22" },
    ]
  ) {
    assert(violations(bad, SCHEMA).length > 0, JSON.stringify(bad));
  }
});
