import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { lintRules } from "../../policy/lint.ts";
import { parseAllowlist } from "../../policy/parse.ts";
import { EXAMPLE_NAMES, exampleText, isExample } from "./examples.ts";
import { allowlistTemplate } from "./templates.ts";

const now = Date.now() / 1000;

function checked(text: string) {
  const parsed = parseAllowlist(new TextEncoder().encode(text), {
    zones: ["local", "lan", "internet", "foreign"],
  });
  assertEquals([parsed.errors, parsed.warnings], [[], []]);
  return parsed.rules;
}

for (const name of EXAMPLE_NAMES) {
  Deno.test(`the example ${name} has nothing that check warns of, alone or behind the others`, () => {
    const own = checked(exampleText(name));
    const all = checked(allowlistTemplate(() => true, name));
    assertEquals(all.length, own.length + checked(allowlistTemplate(() => true)).length);
    for (const rules of [own, all]) assertEquals(lintRules(rules, { now }), []);
  });

  Deno.test(`what the example ${name} suggests can be used as it stands`, () => {
    const lines = exampleText(name).split("\n");
    const suggested = lines.filter((line) => /^#(\w+=|deny )/.test(line));
    assert(suggested.length > 0);
    const rules = checked(suggested.map((line) => line.slice(1)).join("\n"));
    assertEquals(rules.length, suggested.length);
    // A rule that ended or says nothing would be a bad example; trust in homes is spoken of.
    const useless = lintRules(rules, { now }).filter(({ code }) =>
      !["writable", "broad"].includes(code)
    );
    assertEquals(useless.map(({ line, message }) => `${suggested[line - 1]}: ${message}`), []);
    assertEquals(lines.filter((line) => line.length > 100), []);
  });
}

Deno.test("allowlistTemplate() ends with the example", () => {
  const text = allowlistTemplate(() => false, "server");
  assert(text.startsWith(allowlistTemplate(() => false)));
  assertStringIncludes(text, "\n\n# An example for a server");
  assert(text.endsWith("\n"));
});

Deno.test("isExample() knows the names", () => {
  assertEquals(EXAMPLE_NAMES.every(isExample), true);
  assertEquals(["", "Server", "toString", "server "].filter(isExample), []);
});
