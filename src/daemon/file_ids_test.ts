import { assertEquals } from "@std/assert";
import { lpFileId, writeLpFileId } from "../../ffi/layout.gen.ts";
import { FileIds } from "./file_ids.ts";

Deno.test("FileIds gives files back in their order, however many they are", () => {
  const ids = new FileIds();
  const view = new DataView(new ArrayBuffer(8 + lpFileId.size), 4);
  for (let i = 0; i < 1000; i++) {
    writeLpFileId(view, 4, { fs: new Uint8Array(16).fill(i), ino: BigInt(i), gen: i, dev: 1 });
    ids.push(view, 4);
  }
  assertEquals(ids.length, 1000);
  const inodes = ids.take(300).map(({ ino }) => Number(ino));
  assertEquals(ids.length, 700);
  assertEquals(ids.take(1)[0], {
    fs: new Uint8Array(16).fill(300 & 255),
    ino: 300n,
    gen: 300,
    dev: 1,
  });
  inodes.push(300, ...ids.take(5000).map(({ ino }) => Number(ino)));
  assertEquals(inodes, Array.from({ length: 1000 }, (_, i) => i));
  assertEquals([ids.length, ids.take(1)], [0, []]);
});
