import { assertEquals } from "@std/assert";
import { openPath, status } from "../../ffi/libc.ts";
import { compareIdentity, type FileIdentity, identityOf } from "./file_identity.ts";

const UUID = new Uint8Array(16).fill(7);
const FOUND: FileIdentity = { ino: 5n, gen: 9, uuid: UUID, dev: 3 };

Deno.test("compareIdentity() is sure only where the generation is known", () => {
  const id = { fs: UUID, ino: 5n, gen: 9, dev: 0 };
  assertEquals(compareIdentity(FOUND, id), "yes");
  assertEquals(compareIdentity({ ...FOUND, uuid: null }, id), "yes");
  assertEquals(compareIdentity({ ...FOUND, gen: null }, id), "maybe");
  for (const other of [{ ino: 6n }, { gen: 8 }, { uuid: new Uint8Array(16).fill(8) }]) {
    assertEquals(compareIdentity({ ...FOUND, ...other }, id), "no");
  }
  const without = { fs: new Uint8Array(16), ino: 5n, gen: 9, dev: 3 };
  assertEquals(compareIdentity(FOUND, without), "yes");
  assertEquals(compareIdentity({ ...FOUND, dev: 4 }, without), "maybe");
});

Deno.test("identityOf() asks a file that may not be read, too", () => {
  const path = Deno.makeTempFileSync();
  Deno.chmodSync(path, 0);
  using file = openPath(path);
  const { ino, dev } = status(file);
  const found = identityOf(file);
  Deno.removeSync(path);
  assertEquals([found.ino, found.dev], [ino, dev]);
});
