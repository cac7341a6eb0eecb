import { assertEquals } from "@std/assert";
import { openPath } from "../../ffi/libc.ts";
import { identityOf } from "../host/file_identity.ts";
import { type FileId, type Mark, NO_UID } from "../marks/records.ts";
import { Store } from "../marks/store.ts";
import { FileMarks } from "./file_mark.ts";

/** Who a file is to the kernel, if it tells. */
function idOf(path: string): FileId {
  using file = openPath(path);
  const { ino, gen, uuid, dev } = identityOf(file);
  const fs = uuid ?? new Uint8Array(16);
  return { fs, ino, gen: gen ?? 0, dev: uuid ? 0 : dev };
}

function markOf(file: FileId, path: string | null): Mark {
  return {
    ...{ file, landingFolder: 0n, landingName: 0n, writerExe: 0n, writerUid: NO_UID },
    ...{ origin: 0, time: 1, flags: 0, from: null, path, url: null },
  };
}

Deno.test("FileMarks takes no other file's mark for that of one with the same number", () => {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/file`;
  Deno.writeTextFileSync(path, "");
  const id = idOf(path);
  const others: FileId[] = [
    { ...id, gen: id.gen ^ 1 },
    { ...id, ino: id.ino + 1n },
    { fs: new Uint8Array(16), ino: id.ino, gen: id.gen ^ 1, dev: id.dev ^ 1 },
  ];
  const db = `${folder}/store.db`;
  const store = Store.open(db);
  using marks = new FileMarks(db);
  const sourceWith = (mark: Mark) => {
    store.putMark(mark);
    const { source } = marks.read(path);
    store.endMark(mark.file);
    return source;
  };
  for (const other of others) assertEquals(sourceWith(markOf(other, "/elsewhere")), null);
  assertEquals(sourceWith(markOf(id, path)), "store");
  assertEquals(sourceWith(markOf(id, "/before/it/was/moved")), "store");
  store.close();
  Deno.removeSync(folder, { recursive: true });
});
