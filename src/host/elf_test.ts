import { assertEquals, assertThrows } from "@std/assert";
import { sampleObject } from "../../scripts/testdata/sample.ts";
import { Elf } from "./elf.ts";

const object = await sampleObject();

Deno.test("Elf finds sections and symbols", () => {
  const elf = new Elf(object);
  const rodata = elf.section(".rodata")!;
  assertEquals([rodata.size, rodata.bytes.byteLength], [32, 32]);
  assertEquals(rodata.bytes[0], 3);
  const bss = elf.section(".bss")!;
  assertEquals([bss.size, bss.bytes.byteLength], [16, 0]);
  assertEquals(elf.section(".none"), undefined);
  assertEquals(elf.symbols().find(({ name }) => name === "lp_limit"), {
    name: "lp_limit",
    section: rodata.index,
    value: 24,
    size: 8,
  });
});

Deno.test("Elf refuses other files", () => {
  assertThrows(() => new Elf(new Uint8Array()), SyntaxError, "Not a 64-bit");
  assertThrows(() => new Elf(new Uint8Array(100)), SyntaxError, "Not a 64-bit");
  const bigEndian = object.slice();
  bigEndian[5] = 2;
  assertThrows(() => new Elf(bigEndian), SyntaxError, "Not a 64-bit");
});

Deno.test("Elf refuses a file that is cut off, wherever", () => {
  for (let size = 64; size < object.byteLength; size += 97) {
    assertThrows(() => new Elf(object.slice(0, size)), SyntaxError);
  }
});

Deno.test("Elf does not read outside of the file, whatever a byte says", () => {
  for (let at = 0; at < object.byteLength; at += 7) {
    const broken = object.slice();
    broken[at] = 0xff;
    try {
      new Elf(broken).symbols();
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
});
