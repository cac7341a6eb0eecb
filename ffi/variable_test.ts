import { assertEquals, assertThrows } from "@std/assert";
import { readVariable, type Variable, type VariableKind, writeVariable } from "./variable.ts";

const view = new DataView(new ArrayBuffer(24), 4);

function roundTrip<K extends VariableKind>(kind: K, size: number, values: unknown[]): unknown[] {
  const variable: Variable = { offset: 3, size, kind };
  return values.map((value) => {
    writeVariable(view, variable, value as never);
    return readVariable(view, variable);
  });
}

Deno.test("writeVariable() and readVariable() agree for every kind", () => {
  assertEquals(roundTrip("bool", 1, [true, false]), [true, false]);
  assertEquals(roundTrip("u8", 1, [255]), [255]);
  assertEquals(roundTrip("i8", 1, [-1]), [-1]);
  assertEquals(roundTrip("u16", 2, [65535]), [65535]);
  assertEquals(roundTrip("i16", 2, [-2]), [-2]);
  assertEquals(roundTrip("u32", 4, [0xffffffff]), [0xffffffff]);
  assertEquals(roundTrip("i32", 4, [-3]), [-3]);
  assertEquals(roundTrip("u64", 8, [2n ** 64n - 1n]), [2n ** 64n - 1n]);
  assertEquals(roundTrip("i64", 8, [-4n]), [-4n]);
  assertEquals(roundTrip("bytes", 2, [new Uint8Array([1, 2])]), [new Uint8Array([1, 2])]);
});

Deno.test("writeVariable() is little-endian and touches only its bytes", () => {
  const bytes = new Uint8Array(8).fill(9);
  writeVariable(new DataView(bytes.buffer), { offset: 2, size: 4, kind: "u32" }, 0x01020304);
  assertEquals(bytes, new Uint8Array([9, 9, 4, 3, 2, 1, 9, 9]));
});

Deno.test("writeVariable() refuses bytes of another length and numbers for bytes", () => {
  const key: Variable = { offset: 0, size: 4, kind: "bytes" };
  assertThrows(() => writeVariable(view, key, new Uint8Array(3)), RangeError, "4 bytes");
  assertThrows(() => writeVariable(view, key, 1), RangeError, "cannot take the value 1");
  const word: Variable = { offset: 0, size: 4, kind: "u32" };
  assertThrows(() => writeVariable(view, word, new Uint8Array(4)), RangeError, "u32");
});

Deno.test("readVariable() copies bytes", () => {
  const variable = { offset: 0, size: 1, kind: "bytes" } as const;
  writeVariable(view, variable, new Uint8Array([1]));
  const first = readVariable(view, variable);
  writeVariable(view, variable, new Uint8Array([2]));
  assertEquals(first, new Uint8Array([1]));
});
