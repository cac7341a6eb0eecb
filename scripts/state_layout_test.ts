import { assertEquals, assertNotEquals } from "@std/assert";
import { compileBpf } from "./build_bpf.ts";
import { generateLayout } from "./layout.ts";

/** Compiles an object with one map and one variable, and gives its `stateLayout`. */
async function stateOf(parts: { value?: string; entries?: number; bss?: string; code?: string }) {
  const { value = "int a; int b;", entries = 4, bss = "int count;", code = "return 0;" } = parts;
  const folder = await Deno.makeTempDir();
  try {
    const source = `${folder}/x.bpf.c`;
    await Deno.writeTextFile(
      source,
      `struct value { ${value} };
       struct {
         int (*type)[1];
         int (*max_entries)[${entries}];
         unsigned *key;
         struct value *value;
       } table __attribute__((section(".maps"), used));
       ${bss}
       __attribute__((section("syscall"), used)) int program(void *context) { ${code} }`,
    );
    const object = await compileBpf({ source, output: `${folder}/x.bpf.o` });
    return /stateLayout = "([0-9a-f]{16})"/.exec(generateLayout(object))![1]!;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("stateLayout changes with what maps and variables hold, not with the code", async () => {
  const state = await stateOf({});
  assertEquals(await stateOf({ code: "return 1;" }), state);
  for (
    const changed of [
      { value: "int a; int c;" },
      { value: "int a; unsigned long long b;" },
      { entries: 8 },
      { bss: "long count;" },
      { bss: "int other;" },
    ]
  ) assertNotEquals(await stateOf(changed), state, JSON.stringify(changed));
});
