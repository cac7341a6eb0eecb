/**
 * The configuration under any input: settings, or an error that names its place.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { UserError } from "../errors.ts";
import { KEYS } from "./keys.ts";
import { loadSettings } from "./load.ts";
import { resolveSettings } from "./resolve.ts";
import { DEFAULTS } from "./settings.ts";

const FILE = "/etc/linprov/config.toml";
const SETTINGS = Object.keys(DEFAULTS).sort();

/** Reads a text; anything but settings or an error with a place fails. */
function read(text: string): void {
  try {
    const settings = resolveSettings({ text, file: FILE, env: () => undefined, flags: new Map() });
    assertEquals(Object.keys(settings).sort(), SETTINGS);
  } catch (error) {
    assert(error instanceof UserError, String(error));
    assertEquals(error.exit, 3);
    assertMatch(
      error.message,
      /^cannot use the configuration \/etc\/linprov\/config.toml: line \d+/,
    );
    assert(!error.message.includes("\n"), error.message);
    const line = Number(/: line (\d+)/.exec(error.message)![1]);
    assert(line >= 1 && line <= text.split("\n").length, error.message);
  }
}

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KEYS.map((key) => key.name), "modes", "office") },
  fc.constantFrom('"a b"', "'x'", "a.b", "__proto__", "constructor", '""', "guard", "5"),
);

/** A value of TOML in one of its spellings. */
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string().map((text) => JSON.stringify(text)),
    fc.constantFrom(
      ...["true", "false", "0", "-1", "1_000", "0x1f", "1e400", "nan", "inf", "65536", "0.5"],
      ...[
        "1979-05-27",
        "07:32:00",
        "'lit\\eral'",
        '"""\nmany\nlines"""',
        "'''\na\n'''",
        '"\\u0000"',
      ],
      ...['"enforce"', '"lan"', '"192.0.2.0/24"', '"::/0"', '["192.0.2.0/24"]', '"comm,uid"'],
      ...["", "= 1", "[", '"', '"""', "1 2"],
    ),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(", ")}]`),
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[\n  ${items.join(",\n  ")},\n]`),
    fc.array(fc.tuple(name, tie("value")), { maxLength: 3 })
      .map((pairs) => `{ ${pairs.map(([key, item]) => `${key} = ${item}`).join(", ")} }`),
  ),
}));

const line = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(name, value).map(([key, item]) => `${key} = ${item}`) },
  fc.constantFrom("[zones]", "[guard.x]", "[[zones]]", "[ zones ] # x", "[zones.office]", "[mode]"),
  fc.constantFrom("# a comment", "", "\r", "\t", "mode", "]", '"""', "\ufeff"),
);

Deno.test("resolveSettings() takes any tree of TOML, or names the line", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"), (lines, end) => {
      read(lines.join(end));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("resolveSettings() takes any text, or names the line", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), read), { numRuns: 1000 });
});

Deno.test("loadSettings() takes any bytes, or says what is wrong with them", async () => {
  const file = await Deno.makeTempFile({ prefix: "linprov-config-" });
  try {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        await Deno.writeFile(file, bytes);
        const reading = loadSettings(new Map([["config", file]]), () => undefined);
        const error = await reading.then(() => undefined, (thrown) => thrown);
        assert(error === undefined || error instanceof UserError, String(error));
        assert(error === undefined || error.exit === 3, error?.message);
      }),
      { numRuns: 300 },
    );
  } finally {
    await Deno.remove(file);
  }
});
