import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { cpuTimer } from "../_cpu_time.ts";
import { type ByteString, byteStringToBytes } from "../policy/bytes.ts";
import { PathHasher } from "./path_hash.ts";
import { siphash24 } from "./siphash.ts";

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

/** The definition, word by word: H(LE64(parent) ‖ name ‖ suffix). */
function hash(parent: bigint, name: ByteString | Uint8Array, suffix = ""): bigint {
  const bytes = typeof name === "string" ? byteStringToBytes(name) : name;
  const message = new Uint8Array(8 + bytes.length + suffix.length);
  new DataView(message.buffer).setBigUint64(0, parent, true);
  message.set(bytes, 8);
  message.set(byteStringToBytes(suffix), 8 + bytes.length);
  return siphash24(KEY, message);
}

const components = fc.array(
  fc.constantFrom("a", "b", "usr", "\xff\x01", "*", "n".repeat(255)),
  { maxLength: 6 },
);

Deno.test("PathHasher gives the values of an independent implementation", () => {
  const hasher = new PathHasher(KEY);
  assertEquals(hasher.folder("/usr/bin/"), 0xa48f1330e1408719n);
  assertEquals(hasher.file("/usr/bin/true"), 0x7e44aa5f796162d7n);
});

Deno.test("PathHasher.folder() takes a path with or without the final slash", () => {
  const hasher = new PathHasher(KEY);
  assertEquals(hasher.folder("/usr/bin"), hasher.folder("/usr/bin/"));
  assertEquals(hasher.folder("/"), hash(0n, "", "/"));
});

Deno.test("PathHasher chains folders and files as defined, whatever it remembers", () => {
  const small = new PathHasher(KEY, { cacheSize: 2 });
  const large = new PathHasher(KEY);
  fc.assert(fc.property(components, (names) => {
    let expected = hash(0n, "", "/");
    const chain = [expected];
    for (const name of names) chain.push(expected = hash(expected, name, "/"));
    const path = "/" + names.map((name) => name + "/").join("");
    for (const hasher of [small, large]) {
      assertEquals(hasher.folder(path), expected);
      assertEquals(hasher.folderChain(path), chain);
      assertEquals(hasher.file(path + "x"), hash(expected, "x"));
    }
  }));
});

Deno.test("PathHasher tells a folder from a file and a name from a process name", () => {
  const hasher = new PathHasher(KEY);
  assertNotEquals(hasher.file("/usr"), hasher.folder("/usr"));
  assertNotEquals(hasher.name("curl"), hasher.comm("curl"));
  assertEquals(hasher.name("curl"), hash(0xffffffffffffff01n, "curl"));
  assertEquals(hasher.comm("curl"), hash(0xffffffffffffff02n, "curl"));
});

Deno.test("PathHasher.remote() hashes an address, PathHasher.digest() a digest", () => {
  const hasher = new PathHasher(KEY);
  const address = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i);
  assertEquals(
    hasher.remote(address),
    hash(0xffffffffffffff03n, address),
  );
  const digest = new Uint8Array(32).fill(7);
  assertEquals(hasher.digest(digest), hash(0xffffffffffffff04n, digest));
  assertThrows(() => hasher.remote(new Uint8Array(4)), RangeError, "of 4 bytes");
  assertThrows(() => hasher.digest(new Uint8Array(31)), RangeError, "of 31 bytes");
});

Deno.test("PathHasher takes names longer than its scratch and paths deeper than the stack", () => {
  const hasher = new PathHasher(KEY);
  const long = "x".repeat(5000);
  assertEquals(hasher.file("/" + long), hash(hash(0n, "", "/"), long));
  const deep = "/a".repeat(20_000);
  assertEquals(hasher.folderChain(deep).length, 20_001);
});

Deno.test("PathHasher stays fast when every path has a folder of its own", () => {
  const hasher = new PathHasher(KEY, { cacheSize: 1000 });
  const elapsed = cpuTimer();
  for (let i = 0; i < 100_000; i++) hasher.file(`/opt/app${i}/x`);
  const took = elapsed();
  assert(took < 2000, `took ${took} ms`);
});

Deno.test("PathHasher refuses a relative path", () => {
  const hasher = new PathHasher(KEY);
  assertThrows(() => hasher.file("usr/bin/x"), RangeError, "isn't absolute");
  assertThrows(() => hasher.folder("usr"), RangeError, "isn't absolute");
  assertThrows(() => hasher.folderChain(""), RangeError, "isn't absolute");
});
