import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cpuTimer } from "../_cpu_time.ts";
import { siphash24, SipHasher } from "./siphash.ts";

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

/** The algorithm as its paper words it, with 64-bit integers and no care for speed. */
function reference(key: Uint8Array, message: Uint8Array): bigint {
  const u64 = (n: bigint) => BigInt.asUintN(64, n);
  const rotate = (n: bigint, by: bigint) => u64(n << by) | n >> (64n - by);
  const word = (bytes: Uint8Array, at: number) =>
    new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
  const k0 = word(key, 0), k1 = word(key, 8);
  const v = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ] as [bigint, bigint, bigint, bigint];
  const round = () => {
    v[0] = u64(v[0] + v[1]);
    v[2] = u64(v[2] + v[3]);
    v[1] = rotate(v[1], 13n) ^ v[0];
    v[3] = rotate(v[3], 16n) ^ v[2];
    v[0] = rotate(v[0], 32n);
    v[2] = u64(v[2] + v[1]);
    v[0] = u64(v[0] + v[3]);
    v[1] = rotate(v[1], 17n) ^ v[2];
    v[3] = rotate(v[3], 21n) ^ v[0];
    v[2] = rotate(v[2], 32n);
  };
  const padded = new Uint8Array((message.length & ~7) + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const m = word(padded, at);
    v[3] ^= m;
    round();
    round();
    v[0] ^= m;
  }
  v[2] ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

Deno.test("siphash24() gives the published values", () => {
  const message = Uint8Array.from({ length: 15 }, (_, i) => i);
  assertEquals(siphash24(KEY, message.subarray(0, 0)), 0x726fdb47dd0e0e31n);
  assertEquals(siphash24(KEY, message.subarray(0, 1)), 0x74f839c593dc67fdn);
  assertEquals(siphash24(KEY, message), 0xa129ca6149be45e5n);
});

Deno.test("siphash24() agrees with the algorithm in 64-bit integers", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uint8Array({ maxLength: 70 }),
      (key, message) => assertEquals(siphash24(key, message), reference(key, message)),
    ),
    { numRuns: 2000 },
  );
});

Deno.test("siphash24() counts lengths modulo 256", () => {
  for (const length of [255, 256, 257, 70_000]) {
    const message = new Uint8Array(length).fill(0xa5);
    assertEquals(siphash24(KEY, message), reference(KEY, message));
  }
});

Deno.test("siphash24() refuses a key of another length", () => {
  assertThrows(() => siphash24(KEY.subarray(1), KEY), RangeError, "of 15 bytes");
});

Deno.test("SipHasher.hash() reads only the given length of a scratch buffer", () => {
  const scratch = new Uint8Array(64).fill(0xff);
  scratch.set([1, 2, 3]);
  assertEquals(new SipHasher(KEY).hash(scratch, 3), siphash24(KEY, scratch.subarray(0, 3)));
});

Deno.test("SipHasher.hash() takes 100,000 short messages in well under a second", () => {
  const hasher = new SipHasher(KEY);
  const message = new Uint8Array(20);
  let sum = 0n;
  const elapsed = cpuTimer();
  for (let i = 0; i < 100_000; i++) {
    message[0] = i;
    sum ^= hasher.hash(message);
  }
  const took = elapsed();
  assert(sum !== 0n);
  assert(took < 1000, `took ${took} ms`);
});
