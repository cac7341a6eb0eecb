import { assert, assertEquals, assertThrows } from "@std/assert";
import { sampleObject } from "../../scripts/testdata/sample.ts";
import { Btf, type BtfType } from "./btf.ts";
import { Elf } from "./elf.ts";

const section = new Elf(await sampleObject()).section(".BTF")!.bytes;
const btf = new Btf(section);

/** A hand-made BTF: words of the types, then the strings. */
function make(words: number[], strings: string): Btf {
  const text = new TextEncoder().encode("\0" + strings);
  const bytes = new Uint8Array(24 + words.length * 4 + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, true);
  view.setUint8(2, 1);
  [24, 0, words.length * 4, words.length * 4, text.length]
    .forEach((word, i) => view.setUint32(4 + i * 4, word, true));
  words.forEach((word, i) => view.setUint32(24 + i * 4, word >>> 0, true));
  bytes.set(text, 24 + words.length * 4);
  return new Btf(bytes);
}

function info(kind: number, parts = 0, flag = 0): number {
  return (flag << 31 | kind << 24 | parts) >>> 0;
}

Deno.test("Btf.find() finds by kind and name", () => {
  const struct = btf.find("struct", "lp_inner")!;
  assertEquals(struct.size, 8);
  assertEquals(struct.members.map(({ name, bitOffset }) => [name, bitOffset] as const), [
    ["port", 0],
    ["zone", 16],
    ["level", 24],
    ["flags", 32],
  ]);
  assertEquals(btf.find("union", "lp_inner"), undefined);
  assertEquals(btf.find("struct", "lp_inne"), undefined);
});

Deno.test("Btf decodes enumerations of both widths and signs", () => {
  assertEquals(btf.find("enum", "lp_colour")!.values.map(({ value }) => value), [0n, 7n, -2n]);
  assertEquals(btf.find("enum", "lp_colour")!.signed, true);
  assertEquals(btf.find("enum64", "lp_wide")!.values[1], {
    name: "LP_WIDE_TOP",
    value: 0xffffffffffffff01n,
  });
});

Deno.test("Btf.types() gives every type of a kind", () => {
  const sections = [...btf.types("datasec")].map(({ name }) => name);
  assertEquals(sections, [".bss", ".bss.table", ".data", ".maps", ".rodata", "license"]);
  assertEquals([...btf.types("float")], []);
});

Deno.test("Btf.resolve() and sizeOf() see through modifiers", () => {
  const variable = btf.find("var", "lp_key")!;
  const type = btf.resolve(variable.type);
  assert(type.kind === "array");
  assertEquals([type.length, btf.sizeOf(variable.type)], [16, 16]);
  assertEquals(btf.sizeOf(btf.find("struct", "lp_all")!.id), 112);
  assertThrows(() => btf.sizeOf(btf.find("func", "lp_exit")!.id), RangeError, "func lp_exit");
});

Deno.test("Btf answers questions about functions and fields", () => {
  assertEquals([btf.hasFunction("lp_double"), btf.hasFunction("lp_none")], [true, false]);
  assertEquals(btf.parametersOf("lp_double")?.map(({ name }) => name), ["context"]);
  assertEquals(btf.parametersOf("lp_none"), undefined);
  assertEquals(btf.hasField("lp_all", "raw"), true);
  assertEquals(btf.hasField("lp_all", "left"), true);
  assertEquals(btf.hasField("lp_all", "number"), false);
  assertEquals(btf.hasField("lp_none", "raw"), false);
});

Deno.test("Btf decodes the kinds that compilers write rarely", () => {
  const rare = make(
    [
      ...[1, info(16), 8], // float "double"
      ...[8, info(7, 0, 1), 0], // fwd union "later"
      ...[0, info(18), 1], // type_tag "" of the float
      ...[8, info(17), 2, -1], // decl_tag "later" of the union
      ...[1, info(4, 2, 1), 4, 8, 1, 0x03000000, 8, 1, 0x05000003], // struct with bit fields
      ...[0, info(13, 1), 0, 0, 0], // func_proto (...)
      ...[8, info(11), 3], // restrict of the type_tag
    ],
    "double\0later\0",
  );
  const at = <K extends BtfType["kind"]>(id: number, kind: K) => {
    const type = rare.type(id);
    assertEquals(type.kind, kind);
    return type as BtfType & { kind: K };
  };
  assertEquals(rare.typeCount, 8);
  assertEquals([at(1, "float").name, at(1, "float").size], ["double", 8]);
  assertEquals([at(2, "fwd").name, at(2, "fwd").union], ["later", true]);
  assertEquals(at(4, "decl_tag").component, -1);
  assertEquals(at(5, "struct").members, [
    { name: "later", type: 1, bitOffset: 0, bitSize: 3 },
    { name: "later", type: 1, bitOffset: 3, bitSize: 5 },
  ]);
  assertEquals(at(6, "func_proto").parameters, [{ name: "", type: 0 }]);
  assertEquals(rare.resolve(7).name, "double");
  assertEquals(rare.type(0).kind, "void");
});

Deno.test("Btf.find() knows a name that is the end of another one", () => {
  const shared = make([...[3, info(16), 8], ...[1, info(16), 4]], "a_b\0");
  assertEquals([shared.find("float", "b")!.size, shared.find("float", "a_b")!.size], [8, 4]);
});

Deno.test("Btf refuses what it doesn't know", () => {
  assertThrows(() => new Btf(new Uint8Array(10)), SyntaxError, "Not little-endian BTF");
  assertThrows(() => make([0, info(20), 0], ""), SyntaxError, "Type 1 of the BTF has the unknown");
  assertThrows(() => make([0, info(4, 2), 0, 0, 0, 0], ""), SyntaxError, "cut off");
  assertThrows(() => make([99, info(16), 0], "").type(1), SyntaxError, "no text at 99");
  assertThrows(() => make([0, info(8), 1], "").resolve(1), SyntaxError, "refers to itself");
  assertThrows(() => btf.type(btf.typeCount), RangeError, "no type");
  assertThrows(() => btf.type(-1), RangeError, "no type");
  for (let size = 0; size < section.byteLength; size += 31) {
    assertThrows(() => new Btf(section.slice(0, size)), SyntaxError);
  }
});

Deno.test("Btf answers about the running kernel", () => {
  const kernel = new Btf(Deno.readFileSync("/sys/kernel/btf/vmlinux"));
  assertEquals(kernel.hasFunction("bpf_lsm_file_open"), true);
  assertEquals(kernel.hasFunction("bpf_lsm_no_such_hook"), false);
  assertEquals(kernel.hasField("task_struct", "group_leader"), true);
  assertEquals(kernel.hasField("task_struct", "no_such_field"), false);
  const names = kernel.parametersOf("bpf_lsm_file_open")!.map(({ name }) => name);
  assertEquals(names, ["file"]);
});
