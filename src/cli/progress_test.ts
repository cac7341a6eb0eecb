import { assertEquals } from "@std/assert";
import { Progress } from "./progress.ts";

class Terminal {
  text = "";
  constructor(readonly terminal = true) {}
  write(bytes: Uint8Array): Promise<number> {
    this.text += new TextDecoder().decode(bytes);
    return Promise.resolve(bytes.length);
  }
  isTerminal(): boolean {
    return this.terminal;
  }
}

Deno.test("Progress stays below the lines of the log, and goes at the end", async () => {
  const terminal = new Terminal();
  let count = 0;
  const progress = new Progress(() => `${++count} rules`, terminal);
  const target = progress.log!.open();
  const say = (text: string) => target.write(new TextEncoder().encode(text));
  await say("before\n");
  progress.start();
  await say("a line\n");
  await say("another\n");
  progress.start();
  progress[Symbol.dispose]();
  await say("after\n");
  assertEquals(
    terminal.text.replaceAll("\r\x1b[K", "<"),
    "before\n1 rules<a line\nanother\n2 rules<after\n",
  );
});

Deno.test("Progress shows nothing where there is no terminal", () => {
  const file = new Terminal(false);
  const progress = new Progress(() => "x", file);
  progress.start();
  progress[Symbol.dispose]();
  assertEquals([file.text, progress.log], ["", undefined]);
});
