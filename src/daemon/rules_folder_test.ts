import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../errors.ts";
import { readRulesFolder } from "./rules_folder.ts";

/** A folder with an allowlist and, beside it, these files. */
async function withFolder(
  files: Record<string, string>,
  test: (allowlist: string, beside: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const beside = `${folder}/rules.d`;
    await Deno.mkdir(beside);
    await Deno.chmod(beside, 0o755);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${beside}/${name}`, text);
      await Deno.chmod(`${beside}/${name}`, 0o644);
    }
    await test(`${folder}/allowlist`, beside);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function refusal(allowlist: string): Promise<UserError> {
  return await assertRejects(() => readRulesFolder(allowlist), UserError);
}

Deno.test("readRulesFolder() reads *.allow in the order of their names", async () => {
  const files = {
    "b.allow": "2",
    "a.allow": "1",
    "B.allow": "0",
    "10.allow": "",
    "README": "x",
    "a.allow.dpkg-new": "x",
    ".#b.allow": "x",
    "allow": "x",
  };
  await withFolder(files, async (allowlist, beside) => {
    const parts = await readRulesFolder(allowlist);
    const read = parts.map(({ file, text }) => [file, new TextDecoder().decode(text)]);
    assertEquals(read, [
      [`${beside}/10.allow`, ""],
      [`${beside}/B.allow`, "0"],
      [`${beside}/a.allow`, "1"],
      [`${beside}/b.allow`, "2"],
    ]);
  });
});

Deno.test("readRulesFolder() finds nothing where there is no folder", async () => {
  assertEquals(await readRulesFolder("/nonexistent/allowlist"), []);
});

Deno.test("readRulesFolder() refuses what others may write", async () => {
  await withFolder({ "a.allow": "", "b.allow": "" }, async (allowlist, beside) => {
    for (const mode of [0o666, 0o664, 0o646]) {
      await Deno.chmod(`${beside}/b.allow`, mode);
      const error = await refusal(allowlist);
      assertStringIncludes(error.message, `cannot use the rules ${beside}/b.allow: others may`);
      assertEquals([error.exit, error.hint], [3, `chmod go-w ${beside}/b.allow`]);
    }
    await Deno.chmod(`${beside}/b.allow`, 0o600);
    assertEquals((await readRulesFolder(allowlist)).length, 2);
    await Deno.chmod(beside, 0o1777);
    assertStringIncludes((await refusal(allowlist)).message, `${beside}: others may write it`);
  });
});

Deno.test({
  name: "readRulesFolder() refuses what belongs to others",
  // Nobody else can give a file away.
  ignore: Deno.uid() !== 0,
  fn: () =>
    withFolder({ "a.allow": "" }, async (allowlist, beside) => {
      await Deno.chown(`${beside}/a.allow`, 1000, 0);
      const error = await refusal(allowlist);
      assertStringIncludes(error.message, `${beside}/a.allow: it belongs to uid 1000`);
      assertEquals(error.hint, `chown root ${beside}/a.allow`);
      await Deno.chown(`${beside}/a.allow`, 0, 0);
      await Deno.chown(beside, 1000, 0);
      assertStringIncludes((await refusal(allowlist)).message, `${beside}: it belongs to uid 1000`);
    }),
});

Deno.test("readRulesFolder() refuses links, folders and names that can't be shown", async () => {
  await withFolder({ "a.allow": "", "real": "" }, async (allowlist, beside) => {
    await Deno.symlink(`${beside}/real`, `${beside}/link.allow`);
    assertStringIncludes((await refusal(allowlist)).message, "link.allow: it is not a regular");
    await Deno.remove(`${beside}/link.allow`);
    await Deno.mkdir(`${beside}/folder.allow`);
    assertStringIncludes((await refusal(allowlist)).message, "folder.allow: it is not a regular");
    await Deno.remove(`${beside}/folder.allow`);
    for (const name of ["a b.allow", "a\n.allow", "é.allow"]) {
      await Deno.writeTextFile(`${beside}/${name}`, "");
      const { message } = await refusal(allowlist);
      assertStringIncludes(message, `${beside}/${JSON.stringify(name)}: its name`);
      await Deno.remove(`${beside}/${name}`);
    }
    assertEquals((await readRulesFolder(allowlist)).length, 1);
    await Deno.remove(beside, { recursive: true });
    await Deno.writeTextFile(beside, "");
    assertStringIncludes((await refusal(allowlist)).message, `${beside}: it is not a folder`);
  });
});
