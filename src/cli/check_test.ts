import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../errors.ts";
import { handler } from "./check.ts";
import { parseInvocation } from "./parse.ts";
import { CHECK } from "./specs/files.ts";

async function check(rules: string, args: string[] = [], config = "") {
  return await checkFolder({ allowlist: rules, "config.toml": config }, (folder) => [
    `${folder}/allowlist`,
    ...args,
  ]);
}

/** Checks without an operand: the allowlist of the configuration, and what stands beside it. */
async function checkAll(files: Record<string, string>) {
  return await checkFolder(files, () => []);
}

async function checkFolder(files: Record<string, string>, args: (folder: string) => string[]) {
  const folder = await Deno.makeTempDir({ prefix: "linprov-check-" });
  try {
    const config = `allowlist = "${folder}/allowlist"\n`;
    for (const [name, text] of Object.entries({ "config.toml": "", ...files })) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o755 });
      await Deno.writeTextFile(path, name === "config.toml" ? config + text : text);
      await Deno.chmod(path, 0o644);
      await Deno.chmod(path, 0o644);
    }
    let out = "";
    const line = ["--config", `${folder}/config.toml`, ...args(folder)];
    const code = await handler({
      ...parseInvocation(line, CHECK),
      out: { print: (text) => out += text, warn: () => {}, columns: 80, colors: false },
      env: () => undefined,
      dropNetwork: () => {},
    });
    return { code, out: out.replaceAll(`${folder}/`, "") };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("check is content with good rules", async () => {
  const { code, out } = await check("# mine\ntarget_filename=/opt/app/run;creator_uid=0\n");
  assertEquals([code, out], [0, "allowlist: 1 rule, 0 errors, 0 warnings\n"]);
});

Deno.test("check says where an error is", async () => {
  const { code, out } = await check("target_filename=/opt/a\ntarget_filname=/opt/b\n");
  assertEquals(code, 1);
  assertMatch(out, /^allowlist:2:1: error: .*target_filname/);
  assertStringIncludes(out, "1 error,");
});

Deno.test("check warns of duplicates, and fails for them only when strict", async () => {
  const rules = "target_filename=/opt/a\ntarget_filename=/opt/a\n";
  const { code, out } = await check(rules);
  assertEquals(code, 0);
  assertMatch(out, /^allowlist:2:\d+: warning: the same rule stands on line 1$/m);
  assertEquals((await check(rules, ["--strict"])).code, 1);
});

Deno.test("check knows the zones of the configuration", async () => {
  const rules = "origin_zone=office;target_folder=/opt/app/\n";
  assertEquals((await check(rules)).code, 1);
  const config = '[zones]\noffice = ["192.0.2.0/24"]';
  assertEquals((await check(rules, [], config)).code, 0);
});

Deno.test("check without an operand reads the allowlist and rules.d together", async () => {
  const files = {
    allowlist: "target_filename=/opt/a\n",
    "rules.d/20-b.allow": "# b\ntarget_filename=/opt/a\n",
    "rules.d/10-a.allow": "target_filename=/opt/b\n",
  };
  const good = await checkAll(files);
  assertEquals(good, {
    code: 0,
    out: "rules.d/20-b.allow:2:1: warning: the same rule stands on line 1 of the allowlist\n" +
      "allowlist and 2 files of rules.d: 3 rules, 0 errors, 1 warning\n",
  });
  const bad = { ...files, "rules.d/10-a.allow": "target_filname=/opt/b\n" };
  const { code, out } = await checkAll(bad);
  assertEquals(code, 1);
  assertMatch(out, /^rules.d\/10-a.allow:1:1: error: .*target_filname/);
  // A file that is named stands for itself.
  const alone = await checkFolder(bad, (folder) => [`${folder}/allowlist`]);
  assertEquals(alone, { code: 0, out: "allowlist: 1 rule, 0 errors, 0 warnings\n" });
});

Deno.test("check says when there is no such file", async () => {
  const run = async () =>
    await handler({
      ...parseInvocation(["/nonexistent/allowlist"], CHECK),
      out: { print: () => {}, warn: () => {}, columns: 80, colors: false },
      env: () => undefined,
      dropNetwork: () => {},
    });
  const error = await assertRejects(run, UserError);
  assertEquals(error.message, "cannot read the allowlist /nonexistent/allowlist: no such file");
  assertEquals(error.exit, 3);
});
