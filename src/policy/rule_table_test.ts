import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { RULE_KEY_SIZE, RULE_SIZE, RuleKey, RuleTable } from "./rule_table.ts";

function keyOf(shape: number, ...values: bigint[]): RuleKey {
  const key = new RuleKey();
  key.start(shape);
  values.forEach((value, bit) => key.set(bit, value));
  return key;
}

Deno.test("RuleTable packs keys and values as in wire.h", () => {
  const table = new RuleTable(1);
  table.add(keyOf(0x20001, 0x1122334455667788n), { number: 7, flags: 1, expires: 253402300800 });
  table.add(keyOf(1, 2n), { number: 8, flags: 0, expires: 0 });
  assertEquals(table.count, 2);
  assertEquals(table.keys.length, 2 * RULE_KEY_SIZE);
  assertEquals(table.values.length, 2 * RULE_SIZE);
  const key = new DataView(table.keys.buffer, table.keys.byteOffset);
  assertEquals(key.getUint32(0, true), 0x20001);
  assertEquals(key.getUint32(4, true), 0);
  assertEquals(key.getBigUint64(8, true), 0x1122334455667788n);
  assertEquals(key.getBigUint64(16, true), 0n);
  const value = new DataView(table.values.buffer, table.values.byteOffset);
  assertEquals(value.getUint32(0, true), 7);
  assertEquals(value.getUint32(4, true), 1);
  assertEquals(value.getBigUint64(8, true), 253402300800n);
  assertEquals(value.getBigUint64(16, true), 0n);
  assertEquals(value.getUint32(24, true), 8);
});

Deno.test("RuleTable.add() leaves a known key alone, RuleTable.replace() changes it", () => {
  const table = new RuleTable();
  const key = keyOf(1, 5n);
  const first = { number: 1, flags: 0, expires: 0 };
  const second = { number: 2, flags: 1, expires: 9 };
  assertEquals(table.add(key, first), undefined);
  assertEquals(table.add(key, second), first);
  assertEquals(table.find(key), first);
  table.replace(key, second);
  assertEquals(table.find(key), second);
  assertEquals(table.count, 1);
  assertThrows(() => table.replace(keyOf(2), first), RangeError, "Cannot replace rule 1");
});

Deno.test("RuleTable finds what a Map finds, while it grows", () => {
  const small = fc.bigInt({ min: 0n, max: 3n });
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), small, small), { maxLength: 80 }),
    (keys) => {
      const table = new RuleTable(1);
      const map = new Map<string, number>();
      keys.forEach(([shape, a, b], i) => {
        const name = `${shape} ${a} ${b}`;
        const known = table.add(keyOf(shape, a, b), { number: i, flags: 0, expires: 0 });
        assertEquals(known?.number, map.get(name));
        if (!map.has(name)) map.set(name, i);
      });
      assertEquals(table.count, map.size);
      for (const [shape, a, b] of keys) {
        assertEquals(table.find(keyOf(shape, a, b))?.number, map.get(`${shape} ${a} ${b}`));
      }
      assertEquals(table.find(keyOf(9)), undefined);
    },
  ));
});

Deno.test("RuleTable grows far beyond what was expected", () => {
  const table = new RuleTable(1);
  for (let i = 0; i < 5000; i++) {
    table.add(keyOf(1, BigInt(i)), { number: i, flags: 0, expires: 0 });
  }
  assertEquals(table.count, 5000);
  assertEquals(table.find(keyOf(1, 4999n))?.number, 4999);
});
