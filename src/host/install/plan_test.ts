import { assertEquals } from "@std/assert";
import { look, removeEmpty, replaceFile } from "./files.ts";
import { EXTRAS, UNIT } from "./places.ts";
import { decide, type WantedFile, wantedFiles } from "./plan.ts";
import { UNIT_HEADER, UNIT_TEXT } from "./unit.ts";

const TEXTS = { bash: "bash", zsh: "zsh", fish: "fish", man: "man" };
const FILES = wantedFiles(TEXTS, () => false);

function wanted(path: string): WantedFile {
  return FILES.find((file) => file.path === path)!;
}

function decided(path: string, text: string) {
  return decide(wanted(path), { kind: "file", bytes: new TextEncoder().encode(text) });
}

Deno.test("wantedFiles() has the unit last, when everything it needs is there", () => {
  assertEquals(FILES.at(-1)?.path, UNIT);
  assertEquals(FILES.length, 7);
});

Deno.test("decide() writes what is missing and leaves what is right", () => {
  for (const file of FILES) {
    assertEquals(decide(file, { kind: "nothing" }), { write: true });
    assertEquals(decided(file.path, file.text), { write: false });
  }
});

Deno.test("decide() never touches a configuration or an allowlist", () => {
  assertEquals(decided("/etc/linprov/config.toml", 'mode = "enforce"'), { write: false });
  assertEquals(decided("/etc/linprov/allowlist", ""), { write: false });
});

Deno.test("decide() replaces completions and its own unit, but no other", () => {
  assertEquals(decided(EXTRAS.bash, "older"), { write: true });
  assertEquals(decided(UNIT, `${UNIT_HEADER}\n[Unit]\n`), { write: true });
  assertEquals(decided(UNIT, "[Unit]\n"), {
    write: false,
    note: `${UNIT} was changed here: it stays as it is`,
  });
});

Deno.test("decide() leaves links and folders alone and says so", () => {
  assertEquals(decide(wanted(EXTRAS.man), { kind: "other" }), {
    write: false,
    note: `${EXTRAS.man} is not a regular file: it stays as it is`,
  });
});

Deno.test("UNIT_TEXT sets nothing twice that can only be set once", () => {
  const lines = UNIT_TEXT.split("\n").filter((line) => /^\w+=/.test(line));
  const names = lines.map((line) => line.slice(0, line.indexOf("=")));
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  assertEquals(twice, ["Before"]);
});

Deno.test("replaceFile() makes folders, replaces links, not what they point at", async () => {
  const folder = await Deno.makeTempDir({ prefix: "linprov-install-" });
  try {
    const path = `${folder}/a/b/file`;
    await replaceFile(path, "one", 0o640);
    assertEquals((await Deno.stat(path)).mode! & 0o7777, 0o640);
    assertEquals((await Deno.stat(`${folder}/a`)).mode! & 0o7777, 0o755);
    await Deno.writeTextFile(`${folder}/target`, "target");
    await Deno.remove(path);
    await Deno.symlink(`${folder}/target`, path);
    assertEquals(await look(path), { kind: "other" });
    await replaceFile(path, "two", 0o644);
    assertEquals(await Deno.readTextFile(path), "two");
    assertEquals(await Deno.readTextFile(`${folder}/target`), "target");
    assertEquals([...Deno.readDirSync(`${folder}/a/b`)].map(({ name }) => name), ["file"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("removeEmpty() removes empty folders upwards, and no other", async () => {
  const folder = await Deno.makeTempDir({ prefix: "linprov-install-" });
  try {
    await Deno.mkdir(`${folder}/a/b/c`, { recursive: true });
    await Deno.writeTextFile(`${folder}/a/kept`, "");
    await Deno.mkdir(`${folder}/system/d`, { recursive: true });
    await removeEmpty(`${folder}/a/b/c`, folder);
    await removeEmpty(
      `${folder}/system/d`,
      folder,
      (at) => Promise.resolve(at.endsWith("/system")),
    );
    assertEquals([...Deno.readDirSync(`${folder}/a`)].map(({ name }) => name), ["kept"]);
    assertEquals([...Deno.readDirSync(`${folder}/system`)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
