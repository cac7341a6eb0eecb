import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { blockLine, MAX_LINE, type Peer, RequestError, Session, type Verbs } from "./protocol.ts";

const encoder = new TextEncoder();
const PEER: Peer = { pid: 1, uid: 2, gid: 3 };

function session(verbs: Verbs) {
  const seen = { subscribed: 0, errors: [] as unknown[] };
  const made = new Session({
    verbs,
    peer: PEER,
    onSubscribe: () => seen.subscribed++,
    onError: (error) => seen.errors.push(error),
  });
  const say = async (data: string | Uint8Array) => {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    const answers = await Array.fromAsync(made.receive(bytes));
    return { text: answers.map(({ text }) => text).join(""), close: answers.at(-1)?.close };
  };
  return { seen, say };
}

const echo: Verbs = {
  echo: (argument) => `OK ${argument}`,
  late: async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return "OK late";
  },
  peer: (_argument, peer) => JSON.stringify(peer),
  refuse: () => {
    throw new RequestError("no such token");
  },
  fail: () => Promise.reject(new TypeError("surprise")),
  lines: () => "OK one\ntwo",
};

Deno.test("Session answers every line with one line, in order", async () => {
  const { say } = session(echo);
  assertEquals(await say("late\necho a b  c\n"), { text: "OK late\nOK a b  c\n", close: false });
  assertEquals((await say("lines\n")).text, "OK one\\ntwo\n");
  assertEquals((await say("peer\n")).text, '{"pid":1,"uid":2,"gid":3}\n');
});

Deno.test("Session puts lines together from any pieces", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: "grapheme-ascii" }), { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat(30), { maxLength: 10 }),
    async (words, cuts) => {
      const { say } = session(echo);
      const bytes = encoder.encode(words.map((word) => `echo ${word}\n`).join(""));
      let answers = "";
      let at = 0;
      for (const size of [...cuts, bytes.length]) {
        answers += (await say(bytes.subarray(at, at + size))).text;
        at += size;
      }
      assertEquals(answers, words.map((word) => `OK ${word}\n`).join(""));
    },
  ));
});

Deno.test("Session refuses what it doesn't know", async () => {
  const { say, seen } = session(echo);
  assertEquals((await say("allw x\n")).text, "ERR unknown request allw\n");
  assertEquals((await say("\n")).text, 'ERR unknown request ""\n');
  assertEquals((await say("__proto__\nconstructor x\n")).text.split("ERR").length, 3);
  assertEquals(
    (await say(new Uint8Array([0xff, 0x09, 0x0a]))).text,
    'ERR unknown request "\\xff\\t"\n',
  );
  assertEquals((await say("refuse\n")).text, "ERR no such token\n");
  assertEquals(seen.errors, []);
  assertEquals((await say("fail\n")).text, "ERR internal error\n");
  assertEquals(String(seen.errors), "TypeError: surprise");
});

Deno.test("Session ends with a client whose line is too long", async () => {
  const longest = `echo ${"x".repeat(MAX_LINE - 5)}`;
  assertEquals((await session(echo).say(`${longest}\n`)).close, false);
  for (const data of [`${longest}x\n`, `${longest}x`]) {
    assertEquals(await session(echo).say(data), {
      text: "ERR a request has at most 4096 bytes\n",
      close: true,
    });
  }
  const { say } = session(echo);
  const piece = new Uint8Array(1024).fill(0x78);
  for (let i = 0; i < 4; i++) assertEquals((await say(piece)).close, undefined);
  assertEquals((await say(piece)).close, true);
});

Deno.test("Session is done with a client that talks nonsense", async () => {
  const { say } = session(echo);
  const { text, close } = await say("x\n".repeat(100));
  assertEquals([text.split("\n").length - 1, close], [16, true]);
  // One that makes a mistake now and then is none.
  const patient = session(echo);
  for (let i = 0; i < 20; i++) assertEquals((await patient.say("x\necho y\n")).close, false);
});

/** Bytes as clients send them: requests, near requests, and anything else. */
const traffic = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    fc.constantFrom(
      "echo x\n",
      "subscribe\n",
      "allow",
      " ",
      "\n",
      "\r\n",
      "\0",
      "fail\n",
      "refuse\n",
    )
      .map((text) => encoder.encode(text)),
    fc.tuple(fc.integer({ min: 4000, max: 9000 }), fc.constantFrom(0x00, 0x20, 0x41, 0xff))
      .map(([size, byte]) => new Uint8Array(size).fill(byte)),
  ),
  { maxLength: 30 },
).map((parts) => new Uint8Array(parts.flatMap((part) => [...part])));

/** A client's bytes in pieces; what the session answers until it wants to close. */
async function talk(bytes: Uint8Array, cuts: readonly number[]) {
  const asked: string[] = [];
  const { say } = session({
    ...echo,
    echo: (argument) => (asked.push(argument), `OK ${argument}`),
  });
  let text = "";
  let at = 0;
  for (const size of [...cuts, bytes.length]) {
    const answer = await say(bytes.subarray(at, at + size));
    text += answer.text;
    at += size;
    if (answer.close) break;
  }
  return { text, asked };
}

Deno.test("Session answers any bytes in any pieces the same, and OK only to a request", async () => {
  await fc.assert(
    fc.asyncProperty(traffic, fc.array(fc.nat(200), { maxLength: 20 }), async (bytes, cuts) => {
      const whole = await talk(bytes, []);
      const pieces = await talk(bytes, cuts);
      assertEquals(pieces.asked, whole.asked);
      assertEquals(pieces.text, whole.text);
      const answers = whole.text.split("\n").slice(0, -1);
      assert(answers.every((line) => /^(OK |ERR [^\p{Cc}]*$)/u.test(line)), whole.text);
      const lines = new TextDecoder("latin1").decode(bytes).split("\n");
      const fine = lines.slice(0, -1).filter((line) =>
        line === "subscribe" || /^echo( |$)/.test(line)
      );
      assert(answers.filter((line) => line.startsWith("OK")).length <= fine.length);
    }),
    { numRuns: 500 },
  );
});

Deno.test("Session keeps no more of a client than one request", async () => {
  const { say } = session(echo);
  const piece = new Uint8Array(64 * 1024).fill(0x41);
  const before = Deno.memoryUsage().external;
  let closed = 0;
  // Even if nobody closed the connection.
  for (let i = 0; i < 200; i++) if ((await say(piece)).close) closed++;
  assertEquals(closed, 200);
  assert(Deno.memoryUsage().external - before < 4 * 1024 * 1024);
});

Deno.test("Session subscribes", async () => {
  const { say, seen } = session(echo);
  assertEquals((await say("subscribe\n")).text, "OK subscribed\n");
  assertEquals(seen.subscribed, 1);
  assertEquals((await say("subscribe x\n")).text, "ERR subscribe takes no argument\n");
  assertEquals(seen.subscribed, 1);
});

Deno.test("blockLine() has five fields and one line, whatever a file is called", () => {
  const bytes = fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((c) => String.fromCharCode(c)),
  });
  fc.assert(fc.property(bytes, bytes, (target, creator) => {
    const line = blockLine({ token: "3fa29c01", kind: "mmap", target, creator });
    assertEquals(line.split("\t").length, 5);
    assertEquals(line.indexOf("\n"), line.length - 1);
    assert(line.startsWith("BLOCK\t3fa29c01\tmmap\t"));
  }));
});
