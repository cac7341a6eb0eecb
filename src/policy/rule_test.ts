import { assertEquals, assertThrows } from "@std/assert";
import { expiryTime, isExpired } from "./rule.ts";

Deno.test("expiryTime() is the end of the day in UTC", () => {
  assertEquals(expiryTime("2026-12-31"), Date.UTC(2027, 0, 1) / 1000);
  assertEquals(expiryTime("2028-02-29"), Date.UTC(2028, 2, 1) / 1000);
  assertEquals(expiryTime("9999-12-31"), 253402300800);
  assertEquals(expiryTime(undefined), 0);
});

Deno.test("expiryTime() refuses what is no day", () => {
  for (
    const text of [
      "",
      "soon",
      "2026-02-30",
      "2027-02-29",
      "2026-13-01",
      "2026-00-10",
      "2026-1-1",
      "1969-12-31",
      "2026-01-01T00:00",
      "+12026-01-01",
      "0000-01-01",
    ]
  ) {
    assertThrows(
      () => expiryTime(text),
      RangeError,
      `Cannot read the date ${JSON.stringify(text)}`,
    );
  }
});

Deno.test("isExpired() is never true without a date", () => {
  const rule = { number: 1, line: 1, deny: false, when: { creator_uid: 0 } };
  assertEquals(isExpired(rule, Number.MAX_SAFE_INTEGER), false);
});
