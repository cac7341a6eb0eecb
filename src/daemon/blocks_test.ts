import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { VerdictEvent } from "../events/event.ts";
import { Blocks } from "./blocks.ts";

function block(change: Partial<VerdictEvent> = {}): VerdictEvent {
  return {
    type: "verdict",
    kind: "exec",
    answer: "block",
    rule: null,
    denied: false,
    sha256: null,
    file: { fs: new Uint8Array(16), ino: 1n, gen: 0, dev: 0 },
    mark: {
      origin: {
        number: 1,
        creator: "/usr/bin/curl",
        comm: "curl",
        uid: 0,
        zone: "internet",
        remote: "192.0.2.1",
        port: 80,
        time: 1,
      },
      landingFolder: "/tmp/",
      landingFile: "x",
      writer: null,
      writerUid: null,
      derived: false,
      time: 1,
    },
    time: 0,
    pid: 1,
    uid: 1000,
    comm: "bash",
    path: "/tmp/x",
    host: true,
    ...change,
  };
}

Deno.test("Blocks gives the same thing the same token, and another thing another", () => {
  const blocks = new Blocks();
  const token = blocks.add(block());
  assertMatch(token, /^[0-9a-f]{16}$/);
  assertEquals(blocks.add(block({ pid: 2, time: 5 })), token);
  const { file } = block();
  const others: Partial<VerdictEvent>[] = [
    ...[{ path: "/tmp/y" }, { uid: 0 }, { kind: "pipe" as const }, { sha256: "0".repeat(64) }],
    ...[{ fs: new Uint8Array(16).fill(1) }, { dev: 1 }, { ino: 2n }, { gen: 1 }]
      .map((change) => ({ file: { ...file, ...change } })),
  ];
  for (const change of others) assertNotEquals(blocks.add(block(change)), token);
  assertNotEquals(new Blocks().add(block()), token);
});

Deno.test("Blocks.find() takes the beginning of a token, but not of two", () => {
  const blocks = new Blocks();
  const event = block();
  const token = blocks.add(event);
  assertEquals(blocks.find(token), event);
  assertEquals(blocks.find(token.slice(0, 8)), event);
  assertEquals(blocks.find(token.slice(0, 7)), undefined);
  assertEquals(blocks.find("0".repeat(16)), undefined);
});

Deno.test("Blocks.ruleFor() is the narrowest rule, with the uid of the block", () => {
  const blocks = new Blocks();
  assertEquals(
    blocks.ruleFor(blocks.add(block())),
    "target_filename=/tmp/x;landing_filename=x;landing_folder=/tmp/;" +
      "creator_process=/usr/bin/curl;creator_comm=curl;creator_uid=0;execution_uid=1000",
  );
  assertEquals(blocks.ruleFor("0".repeat(16)), null);
});

Deno.test("Blocks forgets the oldest when there are too many", () => {
  const blocks = new Blocks();
  const first = blocks.add(block({ path: "/tmp/first" }));
  let last = first;
  for (let i = 0; i < 8192; i++) last = blocks.add(block({ path: `/tmp/${i}` }));
  assertEquals(blocks.find(first), undefined);
  assertEquals(blocks.find(last)?.path, "/tmp/8191");
  assertEquals([blocks.size, blocks.forgotten], [8192, 1]);
});
