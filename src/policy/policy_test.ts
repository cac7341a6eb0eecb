import { assertEquals } from "@std/assert";
import { PathHasher } from "../marks/path_hash.ts";
import { compile, CompileError, MAX_SHAPES } from "./compile.ts";
import { lintRules } from "./lint.ts";
import { parsePolicy } from "./policy.ts";
import type { Finding } from "./rule.ts";
import { undecided } from "./undecided.ts";

const SITE = "/etc/linprov/rules.d/site.allow";

function policy(allowlist: string, site: string) {
  const text = (rules: string) => new TextEncoder().encode(rules);
  return parsePolicy([{ text: text(allowlist) }, { file: SITE, text: text(site) }]);
}

const places = (findings: Finding[]) =>
  findings.map(({ file, line, message }) => `${file ?? ""}:${line} ${message}`);

Deno.test("parsePolicy() numbers rules through all files, and gives each its file", () => {
  const { rules, firsts, errors } = policy(
    "creator_uid=1\n\ncreator_uid=2\n",
    "#\ncreator_uid=3\n",
  );
  assertEquals(errors, []);
  assertEquals(firsts, [1, 3]);
  assertEquals(rules.map(({ number, file, line }) => [number, file, line]), [
    [1, undefined, 1],
    [2, undefined, 3],
    [3, SITE, 2],
  ]);
});

Deno.test("parsePolicy() names the file of whatever is wrong", () => {
  const long = `creator_comm=${"x".repeat(70_000)}`;
  const { errors, warnings } = policy("uid=1\n", `uid=2\n${long}\ncreator_uid=1# expires 2030\n`);
  assertEquals(errors.map(({ file, line }) => [file, line]), [
    [undefined, 1],
    [SITE, 1],
    [SITE, 2],
  ]);
  assertEquals(warnings.map(({ file, line }) => [file, line]), [[SITE, 3], [SITE, 3]]);
});

Deno.test("lintRules() says in which file the other rule stands", () => {
  const { rules } = policy(
    "target_folder=/opt/a/\ntarget_folder=/srv/*\n",
    "target_folder=/srv/x/\ntarget_folder=/opt/a/\ntarget_folder=/usr/b/\ntarget_folder=/usr/b/\n",
  );
  assertEquals(places(lintRules(rules, { now: 0 })), [
    `${SITE}:1 line 2 of the allowlist allows all of this already`,
    `${SITE}:2 the same rule stands on line 1 of the allowlist`,
    `${SITE}:4 the same rule stands on line 3`,
  ]);
  // A wider rule in a later file covers one of the allowlist too.
  const wide = policy("target_folder=/srv/x/\n", "target_folder=/srv/*\n");
  assertEquals(places(lintRules(wide.rules, { now: 0 })), [
    `:1 line 1 of ${SITE} allows all of this already`,
  ]);
});

Deno.test("what can't be decided or compiled is told with its file", () => {
  const digest = policy("", `sha256=${"0".repeat(64)}\n`);
  assertEquals(places(undecided(digest.rules, "it is too old")), [
    `${SITE}:1 sha256= can't be decided on this host: it is too old`,
  ]);

  const conditions = ["creator_uid=1", "writer_uid=1", "execution_uid=1", "creator_comm=a"];
  conditions.push("landing_filename=a", "origin_zone=lan", "target_filename=/a");
  const text = Array.from(
    { length: MAX_SHAPES + 1 },
    (_, i) => conditions.filter((_, bit) => i + 1 & 1 << bit).join(";"),
  );
  const { rules, errors } = policy(text.slice(0, 10).join("\n"), text.slice(10).join("\n"));
  assertEquals(errors, []);
  try {
    const hasher = new PathHasher(new Uint8Array(16));
    compile(rules, { hasher, zones: new Map([["lan", 1]]), now: 0 });
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const { file, line, message } = error.finding;
    assertEquals([file, line], [SITE, MAX_SHAPES + 1 - 10]);
    assertEquals(message.includes(`the rule on line ${line} of ${SITE} brings`), true);
    return;
  }
  throw new Error("it compiled");
});
