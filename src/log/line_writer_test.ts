import { assertEquals, assertStringIncludes } from "@std/assert";
import { LineWriter, type Target } from "./line_writer.ts";

/** Remembers what is written; each write first asks what shall happen to it. */
class Sink implements Target {
  text = "";
  closed = 0;
  next: (bytes: Uint8Array) => number | Promise<number> = (bytes) => bytes.length;
  async write(bytes: Uint8Array): Promise<number> {
    const taken = await this.next(bytes);
    this.text += new TextDecoder().decode(bytes.subarray(0, taken));
    return taken;
  }
  close(): void {
    this.closed++;
  }
}

const notice = (lost: number) => `lost ${lost}\n`;
const full = () => Promise.reject(new Error("No space left on device"));

Deno.test("LineWriter writes lines in order, whatever part a write takes", async () => {
  const sink = new Sink();
  sink.next = (bytes) => Math.min(bytes.length, 7);
  const writer = new LineWriter(sink, { notice });
  for (let i = 0; i < 100; i++) writer.write(`line ${i}\n`);
  assertEquals(await writer.flush(1000), true);
  assertEquals(sink.text, Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(""));
  await writer.close(1000);
  assertEquals(sink.closed, 1);
});

Deno.test("LineWriter counts what a full disk takes, and says so later", async () => {
  const sink = new Sink();
  const writer = new LineWriter(sink, { notice });
  sink.next = full;
  writer.write("a\n");
  writer.write("b\n");
  await writer.flush(1000);
  assertEquals([writer.lost, sink.text], [2, ""]);
  assertStringIncludes(String(writer.failure), "No space left");
  sink.next = (bytes) => bytes.length;
  writer.write("c\n");
  writer.write("d\n");
  await writer.flush(1000);
  assertEquals([writer.lost, sink.text], [2, "lost 2\nc\nd\n"]);
  assertEquals(writer.failure, undefined);
});

Deno.test("LineWriter starts a new line after one that was cut off", async () => {
  const sink = new Sink();
  const writer = new LineWriter(sink, { notice });
  let writes = 0;
  sink.next = () => writes++ === 0 ? 3 : full();
  writer.write("abcdef\n");
  await writer.flush(1000);
  sink.next = (bytes) => bytes.length;
  writer.write("next\n");
  await writer.flush(1000);
  assertEquals(sink.text, "abc\nlost 1\nnext\n");
});

Deno.test("LineWriter never waits for a target that is stuck", async () => {
  const sink = new Sink();
  let release = () => {};
  sink.next = (bytes) => new Promise((resolve) => release = () => resolve(bytes.length));
  const writer = new LineWriter(sink, { notice, capacity: 100 });
  writer.write("first\n");
  await Promise.resolve().then(() => {});
  for (let i = 0; i < 1000; i++) writer.write("0123456789\n");
  assertEquals(await writer.flush(20), false);
  assertEquals(writer.lost > 900, true);
  sink.next = (bytes) => bytes.length;
  release();
  assertEquals(await writer.flush(1000), true);
  assertEquals(sink.text.startsWith("first\n"), true);
  assertStringIncludes(sink.text, `lost ${writer.lost}\n`);
});

Deno.test("LineWriter loses none of a flood to whoever waits for room", async () => {
  const sink = new Sink();
  const line = `${"x".repeat(29)}\n`;
  const slow = (bytes: Uint8Array) =>
    new Promise<number>((resolve) => setTimeout(() => resolve(Math.min(bytes.length, 50)), 0));
  for (const waits of [true, false]) {
    sink.next = slow;
    const writer = new LineWriter(sink, { notice, capacity: 100 });
    sink.text = "";
    for (let i = 0; i < 100; i++) {
      writer.write(line);
      if (waits) await writer.room();
    }
    await writer.flush(10_000);
    assertEquals(writer.lost === 0, waits);
    if (waits) assertEquals(sink.text, line.repeat(100));
  }
});

Deno.test("LineWriter has nobody wait for a target that is stuck, but once", async () => {
  const sink = new Sink();
  let release = () => {};
  sink.next = (bytes) => new Promise((resolve) => release = () => resolve(bytes.length));
  const writer = new LineWriter(sink, { notice, capacity: 100, stuckMs: 1 });
  writer.write("first\n");
  await Promise.resolve().then(() => {});
  for (let i = 0; i < 100; i++) {
    writer.write("0123456789\n");
    await writer.room();
  }
  assertEquals(writer.lost, 91);
  sink.next = (bytes) => bytes.length;
  release();
  await writer.flush(1000);
  // It goes on, and so does waiting for it.
  sink.next = (bytes) => new Promise((resolve) => setTimeout(() => resolve(bytes.length), 0));
  for (let i = 0; i < 100; i++) {
    writer.write("0123456789\n");
    await writer.room();
  }
  assertEquals([await writer.flush(1000), writer.lost], [true, 91]);
});

Deno.test("LineWriter tries again when a pipe would block", async () => {
  const sink = new Sink();
  let writes = 0;
  sink.next = (bytes) => {
    if (writes++ < 3) throw new Deno.errors.WouldBlock("full");
    return bytes.length;
  };
  const writer = new LineWriter(sink, { notice });
  writer.write("x\n");
  await writer.flush(1000);
  assertEquals([sink.text, writer.lost], ["x\n", 0]);
});

Deno.test("LineWriter goes on with another target and closes the old one", async () => {
  const [before, after] = [new Sink(), new Sink()];
  const writer = new LineWriter(before, { notice });
  writer.write("a\n");
  await writer.flush(1000);
  writer.replace(after);
  writer.write("b\n");
  await writer.flush(1000);
  assertEquals([before.text, before.closed, after.text], ["a\n", 1, "b\n"]);
});
