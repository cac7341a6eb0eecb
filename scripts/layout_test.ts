import { assertEquals, assertThrows } from "@std/assert";
import { compileBpf, formattedLayout } from "./build_bpf.ts";
import { generateLayout } from "./layout.ts";
import { sampleObject } from "./testdata/sample.ts";

const golden = new URL("./testdata/sample_layout.ts", import.meta.url);

Deno.test("generateLayout() writes what sample_layout.ts shows", async () => {
  assertEquals(await formattedLayout(await sampleObject()), await Deno.readTextFile(golden));
});

Deno.test("generateLayout() needs BTF", async () => {
  const elf = (await sampleObject()).slice();
  // Renames the section, whose name is the end of another one's.
  const at = new TextDecoder("latin1").decode(elf).indexOf(".rel.BTF\0");
  elf[at + 5] = 0x58;
  assertThrows(() => generateLayout(elf), SyntaxError, "The object has no BTF");
});

/** Compiles one structure and gives what the generator says about it. */
async function refusal(fields: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const source = `${folder}/x.bpf.c`;
    await Deno.writeTextFile(
      source,
      `struct lp_bad { ${fields} };
       int types(struct lp_bad *bad) { return bad != 0; }
       __attribute__((section("syscall"), used)) int program(void *context) { return 0; }`,
    );
    const object = await compileBpf({ source, output: `${folder}/x.bpf.o` });
    return assertThrows(() => generateLayout(object), SyntaxError).message;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("generateLayout() refuses what has no fixed meaning", async () => {
  const cases: [fields: string, why: string][] = [
    ["int a; long b;", "lp_bad.b, because it has 4 bytes of padding before it"],
    ["long b; int a;", "lp_bad, because it ends in 4 bytes of padding"],
    ["int a : 3; int b : 29;", "lp_bad.a, because it is a bit field"],
    ["_Bool on;", "lp_bad.on, because it is a bool: use __u8"],
    [
      "union { int a; int b; };",
      "lp_bad.(anonymous), because it is an anonymous union: give it a name",
    ],
    ["__int128 wide;", "lp_bad.wide, because it has 16 bytes"],
  ];
  for (const [fields, why] of cases) {
    assertEquals(await refusal(fields), `User space cannot use ${why}`);
  }
});
