import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { UserError } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Command, CommandContext } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { dispatch, report } from "./dispatch.ts";
import { ExitCode } from "./exit.ts";
import { type Output, OutputClosed, StandardOutput, type SyncStream } from "./output.ts";

class Recorder implements Output {
  out = "";
  err = "";
  readonly columns = 80;
  readonly colors = false;
  print(text: string): void {
    this.out += text;
  }
  warn(text: string): void {
    this.err += text;
  }
}

async function run(args: string[], commands: readonly Command[] = COMMANDS) {
  const out = new Recorder();
  let dropped = false;
  const code = await dispatch(args, {
    commands,
    out,
    env: () => undefined,
    dropNetwork: () => dropped = true,
  });
  return { code, out: out.out, err: out.err, dropped };
}

Deno.test("dispatch() prints help and version without loading a command", async () => {
  const load = () => Promise.reject(new Error("loaded"));
  const commands = COMMANDS.map((command) => ({ ...command, load }));
  assertEquals((await run(["--version"], commands)).out, `linprov ${VERSION}\n`);
  for (const args of [[], ["-h"], ["--help"]]) {
    const { code, out } = await run(args, commands);
    assertEquals(code, ExitCode.ok);
    for (const { name } of COMMANDS) assertStringIncludes(out, `  ${name} `);
  }
  for (const { name } of commands) {
    const { code, out } = await run([...name.split(" "), "--help"], commands);
    assertEquals(code, ExitCode.ok);
    assertStringIncludes(out, `Usage: linprov ${name}`);
  }
});

Deno.test("dispatch() prints no line wider than the terminal", async () => {
  for (const { name } of COMMANDS) {
    const { out } = await run([...name.split(" "), "--help"]);
    // An example is typed as it stands.
    const lines = out.split("\n").filter((line) => !line.startsWith("    linprov"));
    assertEquals(lines.filter((line) => line.length > 80), [], name);
  }
});

Deno.test("dispatch() hands a command its line and gives sockets back first", async () => {
  const seen: CommandContext[] = [];
  const handler = (context: CommandContext) => (seen.push(context), 1);
  const command = (name: string, sockets: boolean): Command => ({
    name,
    summary: "Test",
    sockets,
    operands: [{ name: "X", help: "An operand" }],
    load: () => Promise.resolve({ handler }),
  });
  const commands = [command("plain", false), command("socket", true)];
  const plain = await run(["plain", "a"], commands);
  assertEquals([plain.code, plain.dropped, seen[0]!.operands[0]], [1, true, "a"]);
  assertEquals((await run(["socket", "a"], commands)).dropped, false);
});

Deno.test("help explains commands and families", async () => {
  assertEquals((await run(["help"])).out, (await run([])).out);
  assertEquals((await run(["help", "man"])).out, (await run(["man", "--help"])).out);
});

Deno.test("report() prints WHAT: WHY, the hint, and nothing else", () => {
  const out = new Recorder();
  const error = new UserError("cannot do it", "it is late", { exit: 3, hint: "go to bed" });
  assertEquals(report(error, [], out), 3);
  assertEquals(out.err, "linprov: cannot do it: it is late\ngo to bed\n");
});

Deno.test("report() calls anything else an internal error, in one line", () => {
  const out = new Recorder();
  assertEquals(report(new TypeError("a\n  b"), ["run"], out), ExitCode.internal);
  assertEquals(
    out.err,
    "linprov: internal error: TypeError: a b\n" +
      "run it again with --log-level debug to see where\n",
  );
});

Deno.test("report() shows the stack at log level debug", () => {
  for (const args of [["x", "--log-level", "debug"], ["x", "--log-level=trace"]]) {
    const out = new Recorder();
    const cause = new Error("underneath");
    report(new UserError("a", "b", { exit: 4, cause }), args, out);
    assertMatch(out.err, /^linprov: a: b\nUserError: a: b\n +at [^]*caused by: Error: underneath/);
  }
});

class Pipe implements SyncStream {
  written = "";
  constructor(readonly fails: (() => Error)[] = [], readonly most = 3) {}
  writeSync(bytes: Uint8Array): number {
    const error = this.fails.shift();
    if (error) throw error();
    const part = bytes.subarray(0, this.most);
    this.written += new TextDecoder().decode(part);
    return part.length;
  }
  isTerminal(): boolean {
    return false;
  }
}

Deno.test("StandardOutput writes all of it, also to a non-blocking pipe", () => {
  const pipe = new Pipe([() => new Deno.errors.WouldBlock("full")]);
  const out = new StandardOutput(() => undefined, pipe, new Pipe());
  out.print("one two three\n");
  assertEquals(pipe.written, "one two three\n");
  assertEquals([out.columns, out.colors], [80, false]);
});

Deno.test("StandardOutput ends quietly when nobody reads any more", () => {
  const closed = () => new Pipe([() => new Deno.errors.BrokenPipe("closed")]);
  const out = new StandardOutput(() => undefined, closed(), closed());
  out.warn("nobody hears this");
  try {
    out.print("x");
  } catch (error) {
    assertEquals(error instanceof OutputClosed, true);
    assertEquals(report(error, [], out), ExitCode.ok);
  }
});
