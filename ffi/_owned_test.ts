import { assertEquals, assertThrows } from "@std/assert";
import { Owned } from "./_owned.ts";

function owned(): { owned: Owned; destroyed: () => number } {
  let count = 0;
  const pointer = Deno.UnsafePointer.of(new Uint8Array(16))!;
  return { owned: new Owned(pointer, "thing", () => count++), destroyed: () => count };
}

Deno.test("Owned destroys its pointer once", () => {
  const { owned: it, destroyed } = owned();
  assertEquals(it.closed, false);
  it[Symbol.dispose]();
  it[Symbol.dispose]();
  assertEquals([it.closed, destroyed()], [true, 1]);
});

Deno.test("Owned gives no pointer after it is gone", () => {
  const { owned: it } = owned();
  it[Symbol.dispose]();
  assertThrows(() => it.pointer, Deno.errors.BadResource, "thing is closed already");
  assertThrows(() => it.release(), Deno.errors.BadResource);
});

Deno.test("Owned.release() hands the pointer over without destroying it", () => {
  const { owned: it, destroyed } = owned();
  const pointer = it.pointer;
  assertEquals(Deno.UnsafePointer.equals(it.release(), pointer), true);
  it[Symbol.dispose]();
  assertEquals([it.closed, destroyed()], [true, 0]);
});
