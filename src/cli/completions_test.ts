import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CommandSpec } from "./command.ts";
import { bash, fish, zsh } from "./completions.ts";
import { manualPage } from "./man.ts";
import * as daemon from "./specs/daemon.ts";
import * as files from "./specs/files.ts";
import * as about from "./specs/help.ts";
import * as install from "./specs/install.ts";

const SPECS: CommandSpec[] = [daemon, files, install, about]
  .flatMap((module) => Object.values(module) as (CommandSpec | object)[])
  .filter((value): value is CommandSpec => "summary" in value);

Deno.test("bash() completes commands, flags, values and files", async () => {
  const script = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(script, bash(SPECS));
    const complete = async (...words: string[]) => {
      const program = `source "$0"
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        _linprov 2> /dev/null
        printf '%s\\n' "\${COMPREPLY[@]}"`;
      const args = ["-c", program, script, "linprov", ...words];
      const { stdout } = await new Deno.Command("bash", { args }).output();
      const out = new TextDecoder().decode(stdout);
      return out.trim().split("\n");
    };
    assertEquals(await complete("al"), ["allow"]);
    assertEquals(await complete("hashdb", ""), ["grep", "resolve"]);
    assertEquals(await complete("hashdb", "grep", "--i"), ["--ignore-case"]);
    assertEquals(await complete("run", "--mode", ""), ["observe", "soak", "enforce"]);
    assertEquals(await complete("run", "--mode", "=", "e"), ["enforce"]);
    assertEquals(await complete("completions", "b"), ["bash"]);
    assertEquals(await complete("check", script.slice(0, -1)), [script]);
  } finally {
    await Deno.remove(script);
  }
});

Deno.test("zsh() and fish() name every command and flag", () => {
  for (const script of [zsh(SPECS), fish(SPECS)]) {
    for (const { name, flags = [] } of SPECS) {
      assertStringIncludes(script, name.split(" ").at(-1)!);
      for (const flag of flags) assertStringIncludes(script, flag.name);
    }
  }
});

Deno.test("manualPage() has every command, and no line that roff takes for a request", () => {
  const page = manualPage(SPECS);
  for (const { name } of SPECS) assertStringIncludes(page, `.SS linprov ${name}`);
  const requests = new Set(page.match(/^[.'].?.?/gm));
  const known = [
    ".TH",
    ".nh",
    ".ad",
    ".SH",
    ".SS",
    ".B ",
    ".TP",
    ".PP",
    ".RS",
    ".RE",
    ".EX",
    ".EE",
  ];
  assertEquals([...requests].filter((request) => !known.includes(request)), []);
  assert(!page.includes("…"));
});
