import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { decodeMark, encodeMark, MARK_SIZE, type MarkValue } from "./mark_codec.ts";
import { MARK_DERIVED, MARK_DIRTY, MARK_TOMBSTONE, MARK_UNKNOWN_ORIGIN } from "./records.ts";

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const anyValue: fc.Arbitrary<MarkValue> = fc.record({
  flags: fc.constantFrom(0, 4, 8, 12),
  zone: fc.oneof(fc.constantFrom(1, 2, 240, 250, 255), fc.integer({ min: 16, max: 239 })),
  creatorUid: u32,
  time: u32,
  creatorExe: u64,
  creatorComm: u64,
  landingFolder: u64,
  landingName: u64,
  remote: u64,
});

const VALUE: MarkValue = {
  flags: MARK_DERIVED | MARK_UNKNOWN_ORIGIN,
  zone: 0xf0,
  creatorUid: 0x04030201,
  time: 0x14131211,
  creatorExe: 0x2827262524232221n,
  creatorComm: 0x3837363534333231n,
  landingFolder: 0x4847464544434241n,
  landingName: 0x5857565554535251n,
  remote: 0x6867666564636261n,
};

Deno.test("encodeMark() lays the fields out as documented", () => {
  assertEquals(
    encodeMark(VALUE).toHex(),
    "010cf000" + "01020304" + "11121314" + "2122232425262728" + "3132333435363738" +
      "4142434445464748" + "5152535455565758" + "6162636465666768",
  );
});

Deno.test("decodeMark() undoes encodeMark()", () => {
  fc.assert(fc.property(anyValue, (value) => {
    assertEquals(decodeMark(encodeMark(value)), { kind: "mark", value });
  }));
});

Deno.test("encodeMark() leaves out what means something only in memory", () => {
  const flags = MARK_DIRTY | MARK_TOMBSTONE | MARK_DERIVED;
  assertEquals(encodeMark({ ...VALUE, flags })[1], MARK_DERIVED);
});

Deno.test("decodeMark() reads a view into a larger buffer", () => {
  const buffer = new Uint8Array(MARK_SIZE + 7);
  buffer.set(encodeMark(VALUE), 5);
  assertEquals(decodeMark(buffer.subarray(5, 5 + MARK_SIZE)), { kind: "mark", value: VALUE });
});

Deno.test("decodeMark() calls what it doesn't understand unknown and says why", () => {
  const changed = (at: number, byte: number) => {
    const bytes = encodeMark(VALUE);
    bytes[at] = byte;
    return decodeMark(bytes);
  };
  const unknown = (reason: string) => ({ kind: "unknown" as const, reason });
  assertEquals(decodeMark(new Uint8Array(0)), unknown("the mark has 0 bytes, not 52"));
  assertEquals(decodeMark(new Uint8Array(53)), unknown("the mark has 53 bytes, not 52"));
  assertEquals(changed(0, 0), unknown("the mark has version 0, not 1"));
  assertEquals(changed(0, 2), unknown("the mark has version 2, not 1"));
  assertEquals(changed(1, 0x11), unknown("the mark has flags 0x11, some of them unknown"));
  assertEquals(changed(1, MARK_TOMBSTONE), unknown("the mark has flags 0x2, some of them unknown"));
  assertEquals(changed(2, 0), unknown("the mark has zone 0, which doesn't exist"));
  assertEquals(changed(3, 1), unknown("the mark has a reserved byte in use"));
});

Deno.test("decodeMark() never throws", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    const { kind } = decodeMark(bytes);
    if (bytes.length !== MARK_SIZE || bytes[0] !== 1) assertEquals(kind, "unknown");
  }));
});
