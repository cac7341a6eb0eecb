import { assertEquals } from "@std/assert";
import { look, removeEmpty, replaceFile } from "./files.ts";

Deno.test("replaceFile() makes folders, replaces links, not what they point at", async () => {
  const folder = await Deno.makeTempDir({ prefix: "linprov-install-" });
  try {
    const path = `${folder}/a/b/file`;
    await replaceFile(path, "one", 0o640);
    assertEquals((await Deno.stat(path)).mode! & 0o7777, 0o640);
    assertEquals((await Deno.stat(`${folder}/a`)).mode! & 0o7777, 0o755);
    await Deno.writeTextFile(`${folder}/target`, "target");
    await Deno.remove(path);
    await Deno.symlink(`${folder}/target`, path);
    assertEquals(await look(path), { kind: "other" });
    await replaceFile(path, "two", 0o644);
    assertEquals(await Deno.readTextFile(path), "two");
    assertEquals(await Deno.readTextFile(`${folder}/target`), "target");
    assertEquals([...Deno.readDirSync(`${folder}/a/b`)].map(({ name }) => name), ["file"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("removeEmpty() removes empty folders upwards, and no other", async () => {
  const folder = await Deno.makeTempDir({ prefix: "linprov-install-" });
  try {
    await Deno.mkdir(`${folder}/a/b/c`, { recursive: true });
    await Deno.writeTextFile(`${folder}/a/kept`, "");
    await Deno.mkdir(`${folder}/system/d`, { recursive: true });
    await removeEmpty(`${folder}/a/b/c`, folder);
    await removeEmpty(
      `${folder}/system/d`,
      folder,
      (at) => Promise.resolve(at.endsWith("/system")),
    );
    assertEquals([...Deno.readDirSync(`${folder}/a`)].map(({ name }) => name), ["kept"]);
    assertEquals([...Deno.readDirSync(`${folder}/system`)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
