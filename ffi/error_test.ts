import { assertEquals, assertThrows } from "@std/assert";
import { errno, libc } from "./_libc_symbols.ts";
import { BpfError, checkInt, checkPtr } from "./error.ts";
import { OpenObject } from "./object.ts";

Deno.test("BpfError names action, number and code", () => {
  const error = new BpfError("load object x", 1, { log: "R0 !read_ok" });
  assertEquals(error.message, "Could not load object x: Operation not permitted (EPERM)");
  assertEquals([error.action, error.errno, error.code], ["load object x", 1, "EPERM"]);
  assertEquals(error.log, "R0 !read_ok");
  assertEquals(new BpfError("x", 1, { log: "" }).log, undefined);
});

Deno.test("checkInt() passes results on and makes no words for them", () => {
  assertEquals(checkInt(7, () => assertEquals("called", "") as never), 7);
});

Deno.test("checkInt() takes libbpf's negated number", () => {
  const error = assertThrows(() => checkInt(-22, "do it"), BpfError);
  assertEquals(error.code, "EINVAL");
});

Deno.test("checkInt() doesn't ask errno, which may be another call's", () => {
  libc().close(-1);
  const error = assertThrows(() => checkInt(-1, "do it"), BpfError);
  assertEquals(error.code, "EPERM");
});

Deno.test("errno() holds until the next native call", () => {
  libc().close(-1);
  assertEquals([errno(), errno()], [9, 9]);
});

Deno.test("checkPtr() takes errno", () => {
  const garbage = new Uint8Array(100);
  const error = assertThrows(() => new OpenObject(garbage, { name: "garbage" }), BpfError);
  assertEquals([error.action, error.code], ["open object garbage", "LIBBPF_FORMAT"]);
  const pointer = Deno.UnsafePointer.of(new Uint8Array(16))!;
  assertEquals(checkPtr(() => pointer, "do it"), pointer);
});
