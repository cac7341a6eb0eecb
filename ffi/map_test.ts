import { assertEquals, assertThrows } from "@std/assert";
import { Owned } from "./_owned.ts";
import { openFile } from "./libc.ts";
import { MapHandle, MapType, possibleCpus } from "./map.ts";

// What reaches the kernel is tested in the lab. These end before that: the
// descriptor isn't a map's.
const shape = { name: "marks", type: MapType.hash, keySize: 8, valueSize: 12, maxEntries: 4 };
const key = new Uint8Array(8);
const value = new Uint8Array(12);

function borrowed(): { map: MapHandle; owner: Owned; destroyed: () => number } {
  let count = 0;
  const owner = new Owned(Deno.UnsafePointer.of(new Uint8Array(16))!, "object", () => count++);
  return { map: new MapHandle(1_000_000, shape, owner), owner, destroyed: () => count };
}

Deno.test("MapHandle lets no wrong size reach the kernel", () => {
  const { map } = borrowed();
  const short = new Uint8Array(7);
  for (
    const use of [
      () => map.lookup(short, value),
      () => map.take(short, value),
      () => map.update(short, value),
      () => map.delete(short),
      () => map.nextKey(short, key),
      () => map.nextKey(null, short),
    ]
  ) assertThrows(use, RangeError, "A key of map marks has 8 bytes, not 7");
  assertThrows(
    () => map.lookup(key, new Uint8Array(13)),
    RangeError,
    "A value of map marks has 12 bytes, not 13",
  );
  assertThrows(() => map.update(key, short), RangeError, "not 7");
  assertThrows(
    () => map.updateBatch(new Uint8Array(16), new Uint8Array(23), 2),
    RangeError,
    "The values of a batch for map marks take 24 bytes, not 23",
  );
  assertThrows(() => map.deleteBatch(new Uint8Array(15), 2), RangeError, "keys");
});

Deno.test("MapHandle knows the room that a value of every CPU takes", () => {
  const { owner } = borrowed();
  const map = new MapHandle(1_000_000, { ...shape, type: MapType.perCpuArray }, owner);
  assertEquals(map.valueSize, 12);
  assertEquals(map.valueBytes, 16 * possibleCpus());
  assertEquals(borrowed().map.valueBytes, 12);
});

Deno.test("a borrowed MapHandle ends with its object and does not end it", () => {
  const first = borrowed();
  first.map[Symbol.dispose]();
  first.map[Symbol.dispose]();
  assertEquals(first.destroyed(), 0);
  assertThrows(() => first.map.fd, Deno.errors.BadResource, "The map marks is closed already");

  const second = borrowed();
  assertEquals(second.map.fd, 1_000_000);
  second.owner[Symbol.dispose]();
  assertThrows(() => second.map.lookup(key, value), Deno.errors.BadResource);
});

Deno.test("a MapHandle of its own closes its descriptor", () => {
  const file = openFile("/dev/null");
  const link = file.procPath;
  const map = new MapHandle(file.number, shape);
  map[Symbol.dispose]();
  assertThrows(() => Deno.lstatSync(link), Deno.errors.NotFound);
  map[Symbol.dispose]();
});
