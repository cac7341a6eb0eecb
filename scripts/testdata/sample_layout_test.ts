import { assertEquals, assertThrows } from "@std/assert";
import {
  type LpAll,
  lpAll,
  lpEvent,
  LpFlag,
  LpWide,
  readLpAll,
  readLpEvent,
  writeLpAll,
  writeLpEvent,
} from "./sample_layout.ts";

const all: LpAll = {
  big: 0xfedcba9876543210n,
  signedBig: -5n,
  raw: Uint8Array.from({ length: 16 }, (_, i) => i),
  words: new Uint32Array([1, 0xffffffff, 3]),
  colour: -2,
  inner: { port: 65535, zone: 240, level: -1, flags: LpFlag.LP_FLAG_B },
  pair: [{ port: 1, zone: 2, level: 3, flags: 4 }, { port: 5, zone: 6, level: 7, flags: 8 }],
  bigs: new BigUint64Array([1n, LpWide.LP_WIDE_TOP]),
  left: 9,
  right: 10,
  either: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]),
  last: -11,
  small: new Uint16Array([12, 13]),
};

Deno.test("what is written is read again, at any offset", () => {
  for (const base of [0, 3]) {
    const bytes = new Uint8Array(lpAll.size + 8).fill(0xaa);
    const view = new DataView(bytes.buffer, 1);
    writeLpAll(view, base, all);
    assertEquals(readLpAll(view, base), all);
    assertEquals(bytes.subarray(0, base + 1), new Uint8Array(base + 1).fill(0xaa));
    const behind = bytes.subarray(1 + base + lpAll.size);
    assertEquals(behind, new Uint8Array(behind.length).fill(0xaa));
  }
});

Deno.test("what is read is a copy", () => {
  const view = new DataView(new ArrayBuffer(lpAll.size));
  writeLpAll(view, 0, all);
  const read = readLpAll(view);
  new Uint8Array(view.buffer).fill(0);
  assertEquals(read, all);
});

Deno.test("bytes of another length are refused", () => {
  const view = new DataView(new ArrayBuffer(lpAll.size));
  const short = { ...all, raw: new Uint8Array(15) };
  assertThrows(() => writeLpAll(view, 0, short), RangeError, "16 bytes cannot take 15 bytes");
});

Deno.test("a tail of any length is left to the caller", () => {
  const view = new DataView(new ArrayBuffer(lpEvent.size));
  writeLpEvent(view, 0, { time: 1n, length: 2 });
  assertEquals(readLpEvent(view), { time: 1n, length: 2 });
  assertEquals(lpEvent.fields.text, { offset: 12, size: 0, kind: "bytes" });
});
