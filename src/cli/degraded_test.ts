import { assertEquals } from "@std/assert";
import { damagedStores, degradedText, fallbackIn, lossesIn } from "./degraded.ts";
import { painter } from "./paint.ts";

Deno.test("damagedStores() finds what was set aside, and not its log", async () => {
  const folder = await Deno.makeTempDir();
  const aside = "store.db.damaged-2026-11-22T155007.123Z";
  for (const name of ["store.db", aside, `${aside}-wal`, `${aside}-shm`]) {
    await Deno.writeTextFile(`${folder}/${name}`, "");
  }
  const expected = `the store was damaged: ${folder}/${aside}; remove that file once you know why`;
  assertEquals(await damagedStores(folder), [expected]);
  await Deno.remove(folder, { recursive: true });
  assertEquals(await damagedStores(folder), []);
});

Deno.test("lossesIn() leaves out what every stick has", () => {
  const marks = {
    stored: 1,
    unpersisted: 0,
    made: 1,
    became_local: 0,
    distrusted: 0,
    unknown_writer: 0,
  };
  assertEquals(lossesIn(null), []);
  assertEquals(lossesIn({ losses: { "xattr_failed: EOPNOTSUPP": 3 }, marks }), []);
  assertEquals(lossesIn({ losses: { images_full: 2 }, marks: { ...marks, unpersisted: 4 } }), [
    "2 marked images whose files are not marked",
    "4 marks are not in the store",
  ]);
  assertEquals(lossesIn({ losses: {}, marks: { ...marks, distrusted: 1 } }).length, 1);
});

Deno.test("fallbackIn() tells of a daemon that only observes after failed boots", () => {
  assertEquals(fallbackIn(null), []);
  assertEquals(fallbackIn({ failed_boots: 1 }), []);
  assertEquals(fallbackIn({ failed_boots: 2 }).length, 1);
});

Deno.test("degradedText() says nothing where nothing is", () => {
  const paint = painter({ colors: false });
  assertEquals(degradedText([], paint), "");
  assertEquals(degradedText(["a", "b"], paint), "Degraded:\n  a\n  b\n");
});
