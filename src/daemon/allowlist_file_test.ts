import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../errors.ts";
import { AllowlistFile } from "./allowlist_file.ts";
import type { PolicyText } from "./protocol.ts";

async function withFile(text: string | null, test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/allowlist`;
    if (text !== null) await Deno.writeTextFile(path, text);
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const decode = ({ text }: PolicyText) => new TextDecoder().decode(text);

Deno.test("AllowlistFile.add() keeps comments, order and mode, and ends a last line", async () => {
  await withFile("# mine\ncreator_uid=1\n\ncreator_uid=2", async (path) => {
    await Deno.chmod(path, 0o640);
    const file = new AllowlistFile(path);
    const all = await file.add("creator_comm=curl");
    const want = "# mine\ncreator_uid=1\n\ncreator_uid=2\ncreator_comm=curl\n";
    assertEquals(decode(all), want);
    assertEquals(await Deno.readTextFile(path), want);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
    assertEquals([...Deno.readDirSync(path.replace(/[^/]*$/, ""))].length, 1);
  });
});

Deno.test("AllowlistFile.add() loses nothing of what is added at the same time", async () => {
  await withFile("", async (path) => {
    const file = new AllowlistFile(path);
    const rules = Array.from({ length: 20 }, (_, uid) => `creator_uid=${uid}`);
    await Promise.all(rules.map((rule) => file.add(rule)));
    assertEquals(await Deno.readTextFile(path), `${rules.join("\n")}\n`);
  });
});

Deno.test("AllowlistFile.add() adds no rule twice", async () => {
  await withFile("creator_uid=1\ncreator_uid=12", async (path) => {
    const file = new AllowlistFile(path);
    await file.add("creator_uid=12");
    assertEquals(await Deno.readTextFile(path), "creator_uid=1\ncreator_uid=12");
    // Part of a line is no rule.
    await file.add("creator_uid=2");
    assertEquals(
      decode(await file.add("creator_uid=1")),
      "creator_uid=1\ncreator_uid=12\ncreator_uid=2\n",
    );
  });
});

Deno.test("AllowlistFile.addOnce() never writes", async () => {
  await withFile("creator_uid=1\n", async (path) => {
    const file = new AllowlistFile(path);
    await file.read();
    assertEquals(decode(await file.addOnce("creator_uid=2")), "creator_uid=1\n\ncreator_uid=2\n");
    assertEquals(await Deno.readTextFile(path), "creator_uid=1\n");
    // It survives a reload.
    await Deno.writeTextFile(path, "creator_uid=3\n");
    assertEquals(decode(await file.read()), "creator_uid=3\n\ncreator_uid=2\n");
  });
});

Deno.test("AllowlistFile.read() says what is missing", async () => {
  await withFile(null, async (path) => {
    await assertRejects(() => new AllowlistFile(path).read(), UserError, "no such file");
    const optional = new AllowlistFile(path, { mayBeMissing: true });
    assertEquals((await optional.read()).fileSize, 0);
    assertEquals(decode(await optional.add("creator_uid=1")), "creator_uid=1\n");
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  });
});
