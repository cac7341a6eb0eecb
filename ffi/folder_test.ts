import { assertEquals, assertThrows } from "@std/assert";
import { BpfError } from "./error.ts";
import { makeFolder, removeFile, removeFolder, renameFile } from "./folder.ts";

Deno.test("folders and files are made, renamed and removed once", () => {
  const root = Deno.makeTempDirSync();
  try {
    const folder = `${root}/folder`;
    assertEquals([makeFolder(folder, 0o700), makeFolder(folder, 0o700)], [true, false]);
    assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
    Deno.writeTextFileSync(`${folder}/new`, "new");
    Deno.writeTextFileSync(`${folder}/old`, "old");
    renameFile(`${folder}/new`, `${folder}/old`);
    assertEquals(Deno.readTextFileSync(`${folder}/old`), "new");
    assertThrows(() => removeFolder(folder), BpfError, "ENOTEMPTY");
    assertEquals([removeFile(`${folder}/old`), removeFile(`${folder}/old`)], [true, false]);
    assertEquals([removeFolder(folder), removeFolder(folder)], [true, false]);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

Deno.test("what can't be done says why", () => {
  assertThrows(() => makeFolder("/proc/none/none", 0o700), BpfError, "ENOENT");
  assertThrows(() => renameFile("/proc/none", "/proc/some"), BpfError, "/proc/none");
  assertThrows(() => removeFile("/proc"), BpfError, "EISDIR");
});
