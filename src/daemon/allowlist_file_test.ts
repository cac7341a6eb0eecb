import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../errors.ts";
import { AllowlistFile } from "./allowlist_file.ts";
import type { PolicyText } from "./protocol.ts";

async function withFile(text: string | null, test: (path: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/allowlist`;
    if (text !== null) {
      await Deno.writeTextFile(path, text);
      await Deno.chmod(path, 0o644);
    }
    await test(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const decode = (parts: PolicyText) => parts.map(({ text }) => new TextDecoder().decode(text));

Deno.test("AllowlistFile.add() keeps comments, order and mode, and ends a last line", async () => {
  await withFile("# mine\ncreator_uid=1\n\ncreator_uid=2", async (path) => {
    await Deno.chmod(path, 0o640);
    const file = new AllowlistFile(path);
    await file.add("creator_comm=curl");
    const want = "# mine\ncreator_uid=1\n\ncreator_uid=2\ncreator_comm=curl\n";
    assertEquals(decode(await file.read()), [want]);
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

Deno.test("AllowlistFile.add() writes to where a link leads, and leaves the link", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/managed`, "creator_uid=1\n");
    await Deno.chmod(`${folder}/managed`, 0o644);
    await Deno.symlink("managed", `${folder}/allowlist`);
    await new AllowlistFile(`${folder}/allowlist`).add("creator_uid=2");
    assertEquals(await Deno.readTextFile(`${folder}/managed`), "creator_uid=1\ncreator_uid=2\n");
    assertEquals(await Deno.readLink(`${folder}/allowlist`), "managed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("AllowlistFile.add() adds no rule twice", async () => {
  await withFile("creator_uid=1\ncreator_uid=12", async (path) => {
    const file = new AllowlistFile(path);
    await file.add("creator_uid=12");
    assertEquals(await Deno.readTextFile(path), "creator_uid=1\ncreator_uid=12");
    // Part of a line is no rule.
    await file.add("creator_uid=2");
    await file.add("creator_uid=1");
    const want = "creator_uid=1\ncreator_uid=12\ncreator_uid=2\n";
    assertEquals(decode(await file.read()), [want]);
  });
});

Deno.test("AllowlistFile.add() knows a name that isn't ASCII again", async () => {
  await withFile("", async (path) => {
    const file = new AllowlistFile(path);
    for (const rule of ["creator_comm=größe", "creator_comm=größe"]) await file.add(rule);
    assertEquals(await Deno.readTextFile(path), "creator_comm=größe\n");
  });
});

Deno.test("AllowlistFile.readWith() is what is read once the rule is added", async () => {
  await withFile("creator_uid=1", async (path) => {
    const file = new AllowlistFile(path);
    let before = await file.read();
    for (const [once, rule] of [[true, "creator_uid=2"], [false, "creator_uid=3"]] as const) {
      const wanted = await file.readWith(rule, { once });
      assertEquals(await file.read(), before);
      if (once) file.addOnce(rule);
      else await file.add(rule);
      assertEquals(await file.read(), wanted);
      before = wanted;
    }
    assertEquals(decode(before), ["creator_uid=1\ncreator_uid=3\n", "creator_uid=2\n"]);
  });
});

Deno.test("AllowlistFile.addOnce() never writes", async () => {
  await withFile("creator_uid=1\n", async (path) => {
    const file = new AllowlistFile(path);
    file.addOnce("creator_uid=2");
    assertEquals(decode(await file.read()), ["creator_uid=1\n", "creator_uid=2\n"]);
    assertEquals(await Deno.readTextFile(path), "creator_uid=1\n");
    // It survives a reload.
    await Deno.writeTextFile(path, "creator_uid=3\n");
    assertEquals(decode(await file.read()), ["creator_uid=3\n", "creator_uid=2\n"]);
  });
});

Deno.test("AllowlistFile reads the files beside it, and writes to none of them", async () => {
  await withFile("creator_uid=1\n", async (path) => {
    const beside = `${path.replace(/[^/]*$/, "")}rules.d`;
    await Deno.mkdir(beside, { mode: 0o755 });
    await Deno.writeTextFile(`${beside}/a.allow`, "creator_uid=2\n", { mode: 0o644 });
    const file = new AllowlistFile(path);
    file.addOnce("creator_uid=3");
    await file.add("creator_uid=2");
    assertEquals(await file.read(), [
      { text: await Deno.readFile(path) },
      { file: `${beside}/a.allow`, text: new TextEncoder().encode("creator_uid=2\n") },
      { once: true, text: new TextEncoder().encode("creator_uid=3\n") },
    ]);
    assertEquals(await Deno.readTextFile(path), "creator_uid=1\ncreator_uid=2\n");
  });
});

Deno.test("AllowlistFile.read() says what is missing", async () => {
  await withFile(null, async (path) => {
    await assertRejects(() => new AllowlistFile(path).read(), UserError, "no such file");
    const optional = new AllowlistFile(path, { mayBeMissing: true });
    assertEquals(decode(await optional.read()), [""]);
    await optional.add("creator_uid=1");
    assertEquals(decode(await optional.read()), ["creator_uid=1\n"]);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  });
});

Deno.test("AllowlistFile.read() refuses what others may write, and reads devices", async () => {
  await withFile("", async (path) => {
    await Deno.chmod(path, 0o664);
    const error = await assertRejects(() => new AllowlistFile(path).read(), UserError);
    assertEquals(error.hint, `chmod go-w ${path}`);
    await assertRejects(() => new AllowlistFile(path).add("creator_uid=1"), UserError);
    await Deno.chmod(path, 0o644);
    assertEquals(decode(await new AllowlistFile(path).read()), [""]);
  });
  assertEquals(decode(await new AllowlistFile("/dev/null").read()), [""]);
});
