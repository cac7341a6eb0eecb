import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  beginBoot,
  type BootRecord,
  endFallback,
  GOOD_AFTER_MS,
  goodness,
  MOST_FAILED,
  parseBootRecord,
  withoutBoot,
} from "./boot_record.ts";

const good = (record: BootRecord): BootRecord => ({ ...record, good: true });

/** The records of boots that all end before they are good. */
function failing(boots: string, before: BootRecord | null = null): BootRecord {
  let record = before;
  for (const boot of boots) record = beginBoot(record, boot);
  return record!;
}

Deno.test("beginBoot() observes after two failed boots in a row", () => {
  assertEquals([..."abcd"].map((_, i) => failing("abcd".slice(0, i + 1)).observes), [
    false,
    false,
    true,
    true,
  ]);
  assertEquals(failing("abcd").failed, MOST_FAILED);
});

Deno.test("beginBoot() enforces again after a good boot", () => {
  assert(!failing("cd", good(failing("ab"))).observes);
  // Also one that only observed: what was wrong could be repaired in it.
  const after = beginBoot(good(failing("abc")), "d");
  assertEquals([after.observes, after.failed], [false, 0]);
});

Deno.test("beginBoot() counts no boot twice", () => {
  assertEquals(failing("aaaaaa").failed, 0);
  assertEquals(failing("abbbbb").failed, 1);
  assert(!failing("ab").observes);
});

Deno.test("beginBoot() goes on observing after a crash, not after a restart by hand", () => {
  assert(beginBoot(failing("abc"), "c").observes);
  assert(beginBoot(good(failing("abc")), "c").observes);
  const again = beginBoot(endFallback(failing("abc")), "c");
  assertEquals([again.observes, again.failed, again.good], [false, 0, true]);
});

Deno.test("withoutBoot() neither counts a boot nor clears what was counted", () => {
  assertEquals(beginBoot(withoutBoot(failing("ab")), "b").failed, 1);
  assert(!beginBoot(withoutBoot(failing("ab")), "b").observes);
  assertEquals(beginBoot(withoutBoot(failing("ab")), "c").failed, 1);
  assert(beginBoot(withoutBoot(failing("abc")), "d").observes);
});

Deno.test("endFallback() enforces from now on", () => {
  const record = endFallback(failing("abc"));
  assert(!record.observes && record.good);
  assertEquals(beginBoot(record, "d").failed, 0);
});

Deno.test("beginBoot() observes only right after as many failed boots", () => {
  const step = fc.constantFrom("fail", "good", "crash");
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let record: BootRecord | null = null;
    let boot = 0;
    let inARow = 0;
    for (const each of steps) {
      const begun = beginBoot(record, String(++boot));
      assertEquals(begun.observes, inARow >= MOST_FAILED);
      record = each === "crash" ? beginBoot(begun, String(boot)) : begun;
      if (each === "good") record = good(record);
      inARow = each === "good" ? 0 : inARow + (begun.observes ? 0 : 1);
    }
  }));
});

Deno.test("goodness() needs a login, time, or a system that is up with nothing refused", () => {
  const signs = { login: false, up: false, refused: false, age: 0 };
  assertEquals(goodness(signs), null);
  assertEquals(goodness({ ...signs, age: GOOD_AFTER_MS - 1 }), null);
  assertEquals(goodness({ ...signs, age: GOOD_AFTER_MS })?.final, true);
  assertEquals(goodness({ ...signs, up: true })?.final, false);
  assertEquals(goodness({ ...signs, up: true, refused: true }), null);
  assertEquals(goodness({ ...signs, login: true, refused: true })?.final, true);
});

Deno.test("parseBootRecord() reads what was written, and nothing else", () => {
  const record = failing("abc");
  assertEquals(parseBootRecord(JSON.stringify(record)), record);
  const wrong = ["", "null", "[]", "{", '{"boot":1}', JSON.stringify({ ...record, failed: -1 })];
  for (const text of [...wrong, JSON.stringify({ ...record, good: 1 })]) {
    assertEquals(parseBootRecord(text), null, text);
  }
});
