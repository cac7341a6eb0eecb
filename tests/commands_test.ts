/**
 * Every command of the built `./linprov` that needs no daemon of its own: what
 * it prints where, and its exit code. tests/kernel has those that need one.
 *
 * It needs `deno task build` first.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMANDS } from "../src/cli/commands.ts";
import { Store } from "../src/marks/store.ts";
import { VERSION } from "../src/version.ts";

const BINARY = new URL("../linprov", import.meta.url).pathname;

async function linprov(
  args: string[],
  { cwd = "/", env = {} }: { cwd?: string; env?: Record<string, string> } = {},
) {
  const { code, stdout, stderr } = await new Deno.Command(BINARY, {
    args,
    cwd,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: cwd, ...env },
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** What a command line is to come to: its exit code, and what it prints. */
type Case = [line: string, code: number, out: RegExp | null, err: RegExp | null];

/** Runs command lines in a folder with these files; `$F` is the folder. */
async function expect(files: Record<string, string>, cases: Case[]): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "linprov-commands-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
      await Deno.chmod(`${folder}/${name}`, 0o644);
    }
    using store = Store.open(`${folder}/store.db`);
    store.transaction(() => store.putTexts([{ hash: 0x10n, kind: "file", bytes: "/opt/tool" }]));
    for (const [line, code, out, err] of cases) {
      const args = line.replaceAll("$F", folder).split(" ").filter(Boolean);
      const seen = await linprov(args, { cwd: folder });
      const what = `linprov ${line}: ${JSON.stringify(seen)}`;
      assertEquals(seen.code, code, what);
      for (const [text, pattern] of [[seen.out, out], [seen.err, err]] as const) {
        if (pattern) assertMatch(text, pattern, what);
        else assertEquals(text, "", what);
      }
      // WHAT: WHY, and a hint below; never where in the program.
      if (code > 1) assertMatch(seen.err, /^linprov: [^\n]+: [^\n]+\n([^\n]+\n)*$/, what);
      assert(!/^\s+at /m.test(seen.err), what);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("linprov explains itself", async () => {
  const usage = /^linprov remembers[^]*Commands:[^]* run [^]* check /;
  await expect({}, [
    ["", 0, usage, null],
    ["--help", 0, usage, null],
    ["-h", 0, usage, null],
    ["help", 0, usage, null],
    ["--version", 0, new RegExp(`^linprov ${VERSION}\n$`), null],
    ["help hashdb", 0, /grep[^]*resolve/, null],
    ["help run", 0, /^Run the daemon[^]*--mode MODE[^]*--allowlist FILE/, null],
    ["run --help", 0, /^Run the daemon/, null],
    ["man", 0, /^\.TH LINPROV 8 /, null],
    ["completions bash", 0, /^[^]*complete .*linprov/, null],
    ["completions zsh", 0, /^#compdef linprov/, null],
    ["completions fish", 0, /^[^]*complete -c linprov/, null],
  ]);
});

Deno.test("every command has a help of its own, and wants no unknown flag", async () => {
  for (const { name, summary } of COMMANDS) {
    const help = await linprov([...name.split(" "), "--help"]);
    assertEquals([help.code, help.err], [0, ""], name);
    assert(help.out.startsWith(`${summary}.`.slice(0, 40)), help.out);
    const wrong = await linprov([...name.split(" "), "--no-such-flag"]);
    assertEquals([wrong.code, wrong.out], [2, ""], name);
    assertMatch(wrong.err, /^linprov: cannot understand the command line: unknown flag --no-such/);
  }
});

Deno.test("linprov says what is wrong with a command line", async () => {
  const wrong = "^linprov: cannot understand the command line: ";
  await expect({}, [
    ["rum", 2, null, new RegExp(`${wrong}unknown command "rum"\ndid you mean "run"`)],
    ["run --allowlst x", 2, null, new RegExp(`${wrong}unknown flag --allowlst\n.*"--allowlist"`)],
    [
      "run --mode enforced",
      2,
      null,
      new RegExp(`${wrong}--mode is "enforced", not one of.*\n.*enforce`),
    ],
    ["run extra", 2, null, new RegExp(`${wrong}unexpected argument "extra"`)],
    ["allow", 2, null, new RegExp(`${wrong}TOKEN is missing\ntry: linprov allow --help`)],
    ["allow not-a-token", 2, null, new RegExp(`${wrong}TOKEN is "not-a-token"`)],
    ["why", 2, null, new RegExp(`${wrong}.* is missing`)],
    ["show", 2, null, new RegExp(`${wrong}PATH is missing`)],
    ["hashdb", 2, null, new RegExp(`${wrong}hashdb needs one of grep, resolve`)],
    ["hashdb grep", 2, null, new RegExp(`${wrong}PATTERN is missing`)],
    ["hashdb grep ( --hash-db $F/store.db", 2, null, /^linprov: /],
    [
      "completions tcsh",
      2,
      null,
      new RegExp(`${wrong}SHELL is "tcsh", not one of bash, zsh, fish`),
    ],
    ["status --json=yes", 2, null, new RegExp(`${wrong}--json takes no value`)],
    ["--frobnicate", 2, null, new RegExp(`${wrong}unknown flag --frobnicate`)],
  ]);
});

Deno.test("linprov names the file and the line that is wrong", async () => {
  const files = {
    "key.toml": '\nallowlst = "/x"\n',
    "zone.toml": '[zones]\noffice = [\n  "10.0.0.0/33"\n]\n',
    "rules": "creator_uid=0\ncreator_uid=many\n",
    "none.toml": 'allowlist = "/nonexistent/rules"\n',
  };
  await expect(files, [
    [
      "check --config $F/key.toml",
      3,
      null,
      /key.toml: line 2: unknown key "allowlst"\n.*"allowlist"/,
    ],
    ["check --config $F/zone.toml", 3, null, /zone.toml: line 2: zones.office: "10.0.0.0\/33"/],
    ["check --config $F/nowhere", 3, null, /cannot read the configuration .*: no such file/],
    ["check --config $F/none.toml", 3, null, /cannot read the allowlist \/nonex.*: no such file/],
    ["check $F/nowhere", 3, null, /cannot read the allowlist .*: no such file/],
    ["hashdb grep x --hash-db $F/none", 4, null, /cannot open the store .*: no such file/],
    ["hashdb grep x --hash-db $F/rules", 4, null, /cannot use the store .*: it is damaged/],
    ["why --config $F/key.toml /", 3, null, /line 2: unknown key/],
  ]);
});

Deno.test("check, show, why and hashdb answer yes and no", async () => {
  const files = {
    good: "target_filename=/opt/app/run;creator_process=/usr/bin/curl\n",
    bad: "creator_uid=many\n",
    odd: "creator_process=/usr/bin/curl\nlanding_folder=/tmp/\ncreator_process=/usr/bin/curl\n",
    local: "",
  };
  const store = "--hash-db $F/store.db";
  await expect(files, [
    ["check good", 0, /^good: 1 rule, 0 errors, 0 warnings\n$/, null],
    ["check bad", 1, /^bad:1:13: error: .*many.*\n[^]*1 error/, null],
    [
      "check odd",
      0,
      /^odd:1:\d+: warning: .*\n[^]*odd:2:\d+: warning: .*\n[^]*odd:3:\d+: warning/,
      null,
    ],
    ["check --strict odd", 1, /3 warnings/, null],
    [`show ${store} local`, 0, /^local: not marked\n$/, null],
    [`show ${store} --json local`, 0, /^\{"path":"local","marked":false,.*\}\n$/, null],
    [`show ${store} nowhere`, 1, null, /cannot show nowhere: No such file/],
    [`show ${store} $F`, 0, /: 0 of \d+ files are marked\n$/, null],
    [`why ${store} local`, 0, /^local runs: it isn't marked\n$/, null],
    [`why ${store} --json local`, 0, /^\{"runs":true,"why":"it isn't marked"\}\n$/, null],
    [`why ${store} nowhere`, 1, null, /cannot look up nowhere: No such file/],
    [`hashdb grep tool ${store}`, 0, /^0000000000000010\t\/opt\/tool\n$/, null],
    [`hashdb grep -F -i TOOL ${store}`, 0, /^0000000000000010\t/, null],
    [`hashdb grep nothing ${store}`, 1, null, null],
    [`hashdb resolve 0000000000000010 ${store}`, 0, /\t\/opt\/tool\n$/, null],
    [`hashdb resolve 0000000000000011 ${store}`, 1, null, /^linprov: cannot resolve .*: it is not/],
  ]);
});

Deno.test("linprov says when no daemon is there", async () => {
  const nobody = /^linprov: cannot reach the daemon at .*: no daemon is running there\nstart it/;
  await expect({}, [
    ["status --socket $F/none", 5, null, nobody],
    ["status --json --socket $F/none", 5, null, nobody],
    ["allow 0123456789abcdef --socket $F/none", 5, null, nobody],
    ["allow --once 01234567 --socket $F/none", 5, null, nobody],
    ["confirm --socket $F/none", 5, null, nobody],
    ["why 0123456789abcdef --socket $F/none --hash-db $F/store.db", 5, null, nobody],
  ]);
});

Deno.test("linprov has no colours where nobody sees them", async () => {
  for (const args of [["--help"], ["doctor"], ["check", "--help"]]) {
    const { out } = await linprov(args);
    assertEquals(out.includes("\x1b"), false, args.join(" "));
  }
});
