import { assertEquals } from "@std/assert";
import { makeFolder, replaceFile } from "./files.ts";
import { rememberedFolders, rememberFolders } from "./made_folders.ts";

Deno.test("what was made is remembered, and what was there isn't", async () => {
  const folder = await Deno.makeTempDir({ prefix: "linprov-install-" });
  const record = `${folder}/record`;
  try {
    assertEquals(await rememberedFolders(record), new Set());
    Deno.mkdirSync(`${folder}/there`);
    await rememberFolders(makeFolder(`${folder}/there`), record);
    await rememberFolders(await replaceFile(`${folder}/there/a/b/file`, "text", 0o644), record);
    await rememberFolders(await replaceFile(`${folder}/there/a/b/other`, "text", 0o644), record);
    await rememberFolders(makeFolder(`${folder}/new`), record);
    assertEquals(
      await rememberedFolders(record),
      new Set([`${folder}/there/a/b`, `${folder}/there/a`, `${folder}/new`]),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
