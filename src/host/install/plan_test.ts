import { assertEquals } from "@std/assert";
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
  assertEquals(FILES.length, 11);
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
