import { assert, assertEquals, assertRejects } from "@std/assert";
import { Elf } from "../src/host/elf.ts";
import { compileBpf, findClang } from "./build_bpf.ts";
import { sampleObject } from "./testdata/sample.ts";

const root = new URL("../", import.meta.url).pathname;

Deno.test("compileBpf() keeps BTF, drops DWARF and the machine's folders", async () => {
  const object = await sampleObject();
  const names = new Elf(object).sections.map(({ name }) => name);
  assert(names.includes(".BTF") && names.includes(".BTF.ext"), names.join(" "));
  assertEquals(names.filter((name) => name.startsWith(".debug")), []);
  assert(!new TextDecoder("latin1").decode(object).includes(root));
});

Deno.test("compileBpf() makes the same object every time", async () => {
  assertEquals(await sampleObject(), await sampleObject());
});

Deno.test("compileBpf() passes on what the compiler says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const source = `${folder}/bad.bpf.c`;
    await Deno.writeTextFile(source, "int f(void) { int unused; return 0; }\n");
    await assertRejects(
      () => compileBpf({ source, output: `${folder}/bad.o` }),
      Error,
      "unused variable 'unused'",
    );
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["bad.bpf.c"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("findClang() takes $CLANG as it is", async () => {
  const before = Deno.env.get("CLANG");
  Deno.env.set("CLANG", "/opt/clang");
  try {
    assertEquals(await findClang(), "/opt/clang");
  } finally {
    if (before === undefined) Deno.env.delete("CLANG");
    else Deno.env.set("CLANG", before);
  }
});
