import { assertEquals, assertThrows } from "@std/assert";
import { BpfError } from "./error.ts";
import { readFolder, realPath } from "./paths.ts";

const decode = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "linprov-paths-" }));
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs a shell script, for names that Deno can't make. */
async function shell(script: string, cwd: string): Promise<void> {
  const { success } = await new Deno.Command("bash", { args: ["-ec", script], cwd }).output();
  assertEquals(success, true);
}

Deno.test("readFolder() has every name, whatever bytes it has", async () => {
  await inFolder(async (folder) => {
    await shell("mkdir b; touch a $'\\xff\\n' ..x ...; ln -s a l; mkfifo p", folder);
    assertEquals(readFolder(folder).map(({ name, type }) => [decode(name), type]), [
      ["...", "file"],
      ["..x", "file"],
      ["a", "file"],
      ["b", "folder"],
      ["l", "link"],
      ["p", "other"],
      ["\xff\n", "file"],
    ]);
    assertEquals(readFolder(`${folder}/b`), []);
    const error = assertThrows(() => readFolder(`${folder}/a`), BpfError);
    assertEquals(error.code, "ENOTDIR");
  });
});

Deno.test("readFolder() reads large folders and long names", async () => {
  await inFolder(async (folder) => {
    await shell(`for i in {1..3000}; do : > $i; done; : > ${"x".repeat(255)}`, folder);
    const names = readFolder(folder).map(({ name }) => decode(name));
    assertEquals(names.length, 3001);
    assertEquals(names.at(-1), "x".repeat(255));
  });
});

Deno.test("realPath() follows links of any bytes", async () => {
  await inFolder(async (folder) => {
    await shell("mkdir $'d\\xff'; touch $'d\\xff/f'; ln -s $'d\\xff/f' l", folder);
    assertEquals(decode(realPath(`${folder}/l`)), `${folder}/d\xff/f`);
    assertEquals(decode(realPath(`${folder}/./d\xff/../l`)), `${folder}/d\xff/f`);
    const error = assertThrows(() => realPath(`${folder}/none`), BpfError);
    assertEquals(error.code, "ENOENT");
  });
});
