import { assertEquals } from "@std/assert";
import { fileHandle } from "../../ffi/file_handle.ts";
import { generation, openFile } from "../../ffi/libc.ts";
import { handleGeneration, inodeHandle } from "./inode_handle.ts";

Deno.test("inodeHandle keeps the subvolume of a btrfs handle", () => {
  const bytes = new Uint8Array(20).fill(9);
  assertEquals(inodeHandle({ type: 0x4d, bytes }, 1n, 2), {
    type: 0x4d,
    bytes: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 2, 0, 0, 0),
  });
  assertEquals(bytes, new Uint8Array(20).fill(9));
});

Deno.test("inodeHandle makes a long handle for a large inode number", () => {
  const small = { type: 1, bytes: new Uint8Array(8) };
  const large = { type: 0x81, bytes: new Uint8Array(12) };
  const made = { type: 0x81, bytes: Uint8Array.of(5, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0) };
  assertEquals(inodeHandle(small, 0x1_0000_0005n, 3), made);
  assertEquals(inodeHandle(large, 0x1_0000_0005n, 3), made);
});

Deno.test("inodeHandle makes nothing of formats it doesn't know", () => {
  assertEquals(inodeHandle({ type: 1, bytes: new Uint8Array(12) }, 1n, 1), null);
  assertEquals(inodeHandle({ type: 0xfe, bytes: new Uint8Array(8) }, 1n, 1), null);
});

Deno.test("handleGeneration() reads what inodeHandle() writes, and what the kernel says", () => {
  for (const [type, length] of [[1, 8], [0x81, 12], [0x4d, 20]] as const) {
    const handle = inodeHandle({ type, bytes: new Uint8Array(length) }, 5n, 0xfffffff1)!;
    assertEquals(handleGeneration(handle), 0xfffffff1);
  }
  assertEquals(handleGeneration({ type: 0xfe, bytes: new Uint8Array(8) }), null);
  const path = Deno.makeTempFileSync();
  using file = openFile(path);
  const told = generation(file);
  const found = handleGeneration(fileHandle(file));
  Deno.removeSync(path);
  // Not every filesystem tells both.
  if (told !== undefined && found !== null) assertEquals(found, told);
});
