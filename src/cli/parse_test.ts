import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UserError } from "../errors.ts";
import { type Command, type CommandSpec, flagOn, flagValue } from "./command.ts";
import { flagsOf, parseInvocation, parseLine } from "./parse.ts";
import { RUN } from "./specs/daemon.ts";
import { ALLOW, HASHDB_GREP, HASHDB_RESOLVE, SHOW } from "./specs/files.ts";
import { COMPLETIONS, HELP } from "./specs/help.ts";

const load = () => Promise.resolve({ handler: () => 0 });
/** No command has a repeatable flag yet. */
const TAG: CommandSpec = {
  name: "tag",
  summary: "Test",
  flags: [{ name: "set", kind: "value", repeatable: true, help: "Test" }],
};
const COMMANDS: Command[] = [TAG, RUN, ALLOW, SHOW, HASHDB_GREP, HASHDB_RESOLVE, COMPLETIONS, HELP]
  .map((spec) => ({ ...spec, load }));

function complaint(...args: string[]): string {
  const error = assertThrows(() => parseLine(args, COMMANDS), UserError);
  assertEquals(error.exit, 2);
  assertEquals(error.what, "cannot understand the command line");
  return `${error.why} | ${error.hint}`;
}

Deno.test("parseLine() understands --flag value and --flag=value", () => {
  for (const args of [["run", "--mode", "soak"], ["run", "--mode=soak"]]) {
    assertEquals(flagValue(parseLine(args, COMMANDS).invocation, "mode"), "soak");
  }
  const { invocation } = parseLine(["run", "--log-file=a=b", "--interpreters="], COMMANDS);
  assertEquals(flagValue(invocation, "log-file"), "a=b");
  assertEquals(flagValue(invocation, "interpreters"), "");
  assertEquals(
    flagValue(parseLine(["run", "--interpreters", ""], COMMANDS).invocation, "interpreters"),
    "",
  );
});

Deno.test("parseLine() lets a truth value be left out", () => {
  const read = (...args: string[]) => {
    const { invocation } = parseLine(["run", ...args], COMMANDS);
    return invocation.switches.get("mark-localhost");
  };
  assertEquals(read(), undefined);
  assertEquals(read("--mark-localhost"), true);
  assertEquals(read("--mark-localhost=no"), false);
  assertEquals(read("--mark-localhost=TRUE"), true);
  assertEquals(
    complaint("run", "--mark-localhost=maybe"),
    '--mark-localhost is "maybe", not true or false | try: linprov run --help',
  );
  assertEquals(
    complaint("run", "--mark-localhost", "false"),
    'unexpected argument "false" | try: linprov run --help',
  );
});

Deno.test("parseLine() keeps operands as they are, wherever they stand", () => {
  const { invocation } = parseLine(["allow", "00012345", "--once"], COMMANDS);
  assertEquals(invocation.operands, ["00012345"]);
  assert(flagOn(invocation, "once"));
  assertEquals(parseLine(["allow", "--once", "true"], COMMANDS).invocation.operands, ["true"]);
  assertEquals(
    parseLine(["show", "a", "--json", "-", "--", "--json", "-x", "--"], COMMANDS)
      .invocation.operands,
    ["a", "-", "--json", "-x", "--"],
  );
});

Deno.test("parseLine() collects what may be repeated", () => {
  const { invocation } = parseLine(["tag", "--set", "a=b", "--set=c=d"], COMMANDS);
  assertEquals(invocation.values.get("set"), ["a=b", "c=d"]);
  assertEquals(
    complaint("run", "--mode=soak", "--mode", "soak"),
    "--mode is given 2 times | try: linprov run --help",
  );
});

Deno.test("parseLine() finds commands of two words", () => {
  assertEquals(parseLine(["hashdb", "grep", "x"], COMMANDS).command?.name, "hashdb grep");
  assertEquals(
    complaint("hashdb"),
    "hashdb needs one of grep, resolve | try: linprov help hashdb",
  );
  assertEquals(
    complaint("hashdb", "grap"),
    'unknown command "hashdb grap" | did you mean "grep"?',
  );
  const { command, invocation } = parseLine(["hashdb", "--help"], COMMANDS);
  assertEquals([command?.name, invocation.operands], ["help", ["hashdb"]]);
});

Deno.test("parseLine() says what is wrong and what was probably meant", () => {
  assertEquals(complaint("rum"), 'unknown command "rum" | did you mean "run"?');
  assertEquals(complaint("run", "--mod=x"), 'unknown flag --mod | did you mean "--mode"?');
  assertEquals(complaint("run", "-m"), "unknown flag -m | try: linprov run --help");
  assertEquals(complaint("--versoin"), 'unknown flag --versoin | did you mean "--version"?');
  assertEquals(
    complaint("run", "--mode", "enforse"),
    '--mode is "enforse", not one of observe, soak, enforce | did you mean "enforce"?',
  );
  assertEquals(complaint("run", "--config"), "--config needs a value | try: linprov run --help");
  assertEquals(
    complaint("run", "--config", "--mode=soak"),
    "--config needs a value | a value that looks like a flag is written --config=--mode=soak",
  );
  assertEquals(complaint("allow"), "TOKEN is missing | try: linprov allow --help");
  assertEquals(
    complaint("allow", "a", "b"),
    'unexpected argument "b" | try: linprov allow --help',
  );
  assertEquals(
    complaint("allow", "--once=yes", "a"),
    "--once takes no value | try: linprov allow --help",
  );
  assertEquals(
    complaint("completions", "bsh"),
    'SHELL is "bsh", not one of bash, zsh, fish | did you mean "bash"?',
  );
});

Deno.test("parseLine() gives help whatever else is wrong", () => {
  for (const args of [["run", "--help"], ["run", "-h"], ["run", "--bogus", "--help"]]) {
    const { command, help } = parseLine(args, COMMANDS);
    assertEquals([command?.name, help], ["run", true]);
  }
  assertEquals(parseLine([], COMMANDS).help, true);
  assertEquals(parseLine(["--help"], COMMANDS).help, true);
  assertEquals(parseLine(["--version"], COMMANDS).version, true);
  // Here it is the name of a file.
  assertEquals(parseLine(["show", "--", "--help"], COMMANDS).help, false);
});

Deno.test("parseInvocation() gives back every value it was given", () => {
  const flags = flagsOf(RUN).filter((flag) => flag.kind === "value" && !flag.choices);
  const pair = fc.tuple(fc.constantFrom(...flags.map((flag) => flag.name)), fc.string());
  fc.assert(fc.property(
    fc.uniqueArray(pair, { selector: ([name]) => name }),
    (pairs) => {
      const { values } = parseInvocation(pairs.map(([n, value]) => `--${n}=${value}`), RUN);
      assertEquals(new Map(pairs.map(([name, value]) => [name, [value]])), new Map(values));
    },
  ));
});
