import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../errors.ts";
import { loadSettings } from "./load.ts";

const none = () => undefined;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "linprov-config-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadSettings() does without the default file", async () => {
  await inFolder(async (folder) => {
    const loaded = await loadSettings(new Map(), none, { fallback: `${folder}/config.toml` });
    assertEquals([loaded.found, loaded.settings.mode], [false, "observe"]);
  });
});

Deno.test("loadSettings() wants a file that was named", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/missing.toml`;
    for (
      const attempt of [
        () => loadSettings(new Map([["config", file]]), none),
        () => loadSettings(new Map(), (name) => name === "LINPROV_CONFIG" ? file : undefined),
      ]
    ) {
      const error = await assertRejects(attempt, UserError);
      assertEquals(error.message, `cannot read the configuration ${file}: no such file`);
      assertEquals(error.exit, 3);
    }
  });
});

Deno.test("loadSettings() prefers --config to LINPROV_CONFIG", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a.toml`, 'mode = "soak"');
    await Deno.chmod(`${folder}/a.toml`, 0o644);
    const loaded = await loadSettings(
      new Map([["config", `${folder}/a.toml`]]),
      (name) => name === "LINPROV_CONFIG" ? `${folder}/b.toml` : undefined,
      { fallback: "/nonexistent" },
    );
    assertEquals([loaded.settings.mode, loaded.file], ["soak", `${folder}/a.toml`]);
  });
});

Deno.test("loadSettings() says why a file can't be read", async () => {
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/latin.toml`, new Uint8Array([0x23, 0xe9]));
    await Deno.chmod(`${folder}/latin.toml`, 0o644);
    const read = (file: string) => loadSettings(new Map([["config", file]]), none);
    await assertRejects(() => read(`${folder}/latin.toml`), UserError, "it is not UTF-8 text");
    await assertRejects(() => read(folder), UserError, "it is a folder");
  });
});

Deno.test("loadSettings() refuses a file that others may write", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/config.toml`;
    await Deno.writeTextFile(file, "");
    await Deno.chmod(file, 0o646);
    const flags = new Map([["config", file]]);
    const error = await assertRejects(() => loadSettings(flags, none), UserError);
    assertEquals([error.exit, error.hint], [3, `chmod go-w ${file}`]);
    await Deno.chmod(file, 0o644);
    assertEquals((await loadSettings(flags, none)).found, true);
  });
});
