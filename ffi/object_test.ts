import { assert, assertEquals, assertThrows } from "@std/assert";
import { generateLayout } from "../scripts/layout.ts";
import { sampleObject } from "../scripts/testdata/sample.ts";
import { BpfError } from "./error.ts";
import { MapType } from "./map.ts";
import { OpenObject } from "./object.ts";

// Opening an object is libbpf's work alone: nothing here reaches the kernel.
const elf = await sampleObject();

const rodata = {
  name: ".rodata",
  size: 32,
  variables: {
    lpFeatures: { offset: 0, size: 4, kind: "u32" },
    lpEnabled: { offset: 4, size: 1, kind: "bool" },
    lpKey: { offset: 5, size: 16, kind: "bytes" },
    lpLimit: { offset: 24, size: 8, kind: "u64" },
  },
} as const;

function open(): OpenObject {
  return new OpenObject(elf, { name: "sample", logSize: 4096 });
}

Deno.test("OpenObject lists maps and programs", () => {
  using object = open();
  assertEquals(
    object.maps().map(({ name, type, keySize, valueSize, maxEntries }) =>
      [name, type, keySize, valueSize, maxEntries] as const
    ).sort(),
    [
      [".bss.table", MapType.array, 4, 4194304, 1],
      ["lp_counts", MapType.perCpuArray, 4, 4, 4],
      ["lp_items", MapType.hash, 8, 112, 1000],
      ["lp_ring", MapType.ringBuffer, 0, 0, 65536],
      ["lp_set", MapType.hash, 8, 4, 16],
      ["lp_sets", MapType.arrayOfMaps, 4, 4, 2],
      ["lp_tasks", MapType.taskStorage, 4, 8, 0],
      ["sample.bss", MapType.array, 4, 16, 1],
      ["sample.data", MapType.array, 4, 4, 1],
      ["sample.rodata", MapType.array, 4, 32, 1],
    ],
  );
  assertEquals(
    object.programs().map(({ name, section, autoload }) => [name, section, autoload] as const),
    [
      ["lp_file_open", "lsm/file_open", true],
      ["lp_exit", "tp_btf/sched_process_exit", true],
      ["lp_double", "syscall", true],
      ["lp_send", "syscall", true],
    ],
  );
});

Deno.test("OpenMap.maxEntries and OpenProgram.autoload can be changed", () => {
  using object = open();
  object.map("lp_items").maxEntries = 123_456;
  assertEquals(object.map("lp_items").maxEntries, 123_456);
  object.program("lp_exit").autoload = false;
  assertEquals(object.program("lp_exit").autoload, false);
  object.map("lp_tasks").disable();
  object.map("lp_items").setPinPath("/sys/fs/bpf/linprov/items");
});

Deno.test("OpenObject.setVariables() sets what is given and keeps the rest", () => {
  assert(generateLayout(elf).includes("lpLimit: { offset: 24"), "the section moved");
  using object = open();
  const key = new Uint8Array(16).map((_, i) => i);
  object.setVariables(rodata, { lpFeatures: 0x80000001, lpEnabled: false, lpKey: key });
  const get = <N extends keyof typeof rodata.variables>(name: N) =>
    object.getVariable(rodata, rodata.variables[name]);
  assertEquals(get("lpFeatures"), 0x80000001);
  assertEquals(get("lpEnabled"), false);
  assertEquals(get("lpKey"), key);
  assertEquals(get("lpLimit"), 0xffffffffffffff01n);
});

Deno.test("OpenObject.setVariables() refuses another section than it was made for", () => {
  using object = open();
  assertThrows(
    () => object.setVariables({ ...rodata, size: 40 }, {}),
    RangeError,
    "has 32 bytes, but was expected to have 40",
  );
  const unknown = { ["lpNone" as string]: 1 } as Record<string, never>;
  assertThrows(() => object.setVariables(rodata, unknown), RangeError, "no variable lpNone");
  assertThrows(
    () => object.setVariables({ ...rodata, name: ".kconfig" }, {}),
    BpfError,
    "find map .kconfig in the opened object sample",
  );
});

Deno.test("OpenMap.initialValue() exists for global variables only", () => {
  using object = open();
  const error = assertThrows(() => object.map("lp_items").initialValue(), BpfError);
  assertEquals(error.code, "EINVAL");
  const wrongSize = assertThrows(
    () => object.map(".rodata").setInitialValue(new Uint8Array(8)),
    BpfError,
  );
  assertEquals(wrongSize.action, "set the initial value of map sample.rodata");
});

Deno.test("names that do not exist are errors", () => {
  using object = open();
  const map = assertThrows(() => object.map("lp_none"), BpfError, "find map lp_none");
  const program = assertThrows(() => object.program("lp_none"), BpfError, "program lp_none");
  assertEquals([map.code, program.code], ["ENOENT", "ENOENT"]);
});

Deno.test("OpenObject refuses what isn't a BPF object", () => {
  const cut = elf.slice(0, elf.length / 2);
  for (const bytes of [new Uint8Array(), new TextEncoder().encode("not ELF"), cut]) {
    const error = assertThrows(() => new OpenObject(bytes, { name: "bad" }), BpfError);
    assertEquals(error.action, "open object bad");
    assert(/^(E[A-Z]+|LIBBPF_[A-Z]+)$/.test(error.code), error.code);
  }
});

Deno.test("a disposed object and all that came from it throw", () => {
  const object = open();
  const map = object.map("lp_items");
  const program = object.program("lp_exit");
  object[Symbol.dispose]();
  object[Symbol.dispose]();
  const closed = [
    () => object.maps(),
    () => object.map("lp_items"),
    () => object.program("lp_exit"),
    () => object.load(),
    () => map.maxEntries,
    () => map.initialValue(),
    () => program.autoload,
  ];
  for (const use of closed) {
    assertThrows(use, Deno.errors.BadResource, "The opened object sample is closed already");
  }
});

Deno.test("libbpf prints nothing", async () => {
  const module = new URL("./object.ts", import.meta.url).href;
  const code = `import { OpenObject } from ${JSON.stringify(module)};
    try { new OpenObject(new Uint8Array(100), { name: "x" }); } catch { console.log("thrown"); }`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", code] })
    .output();
  assertEquals(new TextDecoder().decode(stdout), "thrown\n");
  assertEquals(new TextDecoder().decode(stderr), "");
});
