import { assertEquals } from "@std/assert";
import { inodeHandle } from "./inode_handle.ts";

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
