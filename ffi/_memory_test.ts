import { assertEquals, assertThrows } from "@std/assert";
import { addressOf, cString, fixedString, pinnedBytes, readCString } from "./_memory.ts";

Deno.test("cString() takes code units as bytes and ends them", () => {
  assertEquals(cString("a\xff"), new Uint8Array([0x61, 0xff, 0]));
  assertEquals(cString(new Uint8Array([0x80])), new Uint8Array([0x80, 0]));
});

Deno.test("cString() refuses what is not one byte, and NUL", () => {
  assertThrows(() => cString("a\0b"), TypeError, "code unit 0 at 1");
  assertThrows(() => cString("\u20ac"), TypeError, "code unit 8364 at 0");
  assertThrows(() => cString(new Uint8Array([1, 0])), TypeError, "code unit 0 at 1");
});

Deno.test("readCString() reads back", () => {
  const text = cString("linprov");
  assertEquals(readCString(Deno.UnsafePointer.of(text)), "linprov");
  assertEquals(readCString(null), "");
});

Deno.test("addressOf() stays, also for a few bytes", () => {
  const bytes = pinnedBytes(4);
  const address = addressOf(bytes);
  bytes.set([1, 2, 3, 4]);
  assertEquals(addressOf(bytes), address);
});

Deno.test("fixedString() ends at NUL or at the end", () => {
  assertEquals(fixedString(new Uint8Array([0x61, 0, 0x62])), "a");
  assertEquals(fixedString(new Uint8Array([0x61, 0x62])), "ab");
});
