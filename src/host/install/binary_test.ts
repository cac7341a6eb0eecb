import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { UserError } from "../../errors.ts";
import { cacheFolder, isMarked, ownBinary, sameContent, versionOf } from "./binary.ts";
import type { Run } from "./run.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "linprov-install-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ownBinary() is what the launcher says, and none from the sources", () => {
  assertEquals(ownBinary(() => "/opt/linprov"), "/opt/linprov");
  assertThrows(() => ownBinary(() => undefined), UserError, "runs from its sources");
});

Deno.test("sameContent() compares to the last byte", async () => {
  await inFolder(async (folder) => {
    const bytes = new Uint8Array(1024 * 1024 + 3).fill(7);
    const [a, b] = [`${folder}/a`, `${folder}/b`];
    await Deno.writeFile(a, bytes);
    await Deno.writeFile(b, bytes);
    assertEquals(await sameContent(a, b), true);
    bytes[bytes.length - 1] = 8;
    await Deno.writeFile(b, bytes);
    assertEquals(await sameContent(a, b), false);
    await Deno.writeFile(b, bytes.subarray(1));
    assertEquals(await sameContent(a, b), false);
    assertEquals(await sameContent(a, `${folder}/none`), false);
  });
});

Deno.test("cacheFolder() reads the end of a portable binary", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/linprov`;
    const id = new Uint8Array(32).fill(0xab);
    await Deno.writeFile(
      file,
      new Uint8Array([1, 2, ...id, ...new TextEncoder().encode("LINPROV1")]),
    );
    assertEquals(await cacheFolder(file), `/var/cache/linprov/${"ab".repeat(16)}`);
    await Deno.writeTextFile(file, "#!/bin/sh\n");
    assertEquals(await cacheFolder(file), undefined);
    await Deno.writeFile(file, new Uint8Array(100));
    assertEquals(await cacheFolder(file), undefined);
  });
});

Deno.test("isMarked() is false where there is no mark, and no file", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    assertEquals([isMarked(`${folder}/file`), isMarked(`${folder}/none`)], [false, false]);
  });
});

Deno.test("versionOf() takes only linprov's answer", async () => {
  const says = (code: number, out: string, err = ""): Run => () =>
    Promise.resolve({ code, out, err });
  assertEquals(await versionOf("/x", says(0, "linprov 1.2.3\n")), "1.2.3");
  await assertRejects(() => versionOf("/x", says(0, "true\n")), UserError, "it is not linprov");
  await assertRejects(
    () => versionOf("/x", says(126, "", "env: '/x': Operation not permitted\n")),
    UserError,
    "Operation not permitted",
  );
});
