import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { anyRule } from "./_arbitraries.ts";
import { parseAllowlist } from "./parse.ts";
import { printFolder, printRule } from "./print.ts";
import type { Conditions } from "./rule.ts";

const encoder = new TextEncoder();

function print(when: Conditions): string {
  return printRule({ number: 1, line: 1, deny: false, when });
}

Deno.test("printRule() writes conditions in canonical order", () => {
  assertEquals(
    print({
      execution_uid: 0,
      creator_comm: "curl",
      target_folder: { path: "/", recursive: false },
    }),
    "target_folder=/;creator_comm=curl;execution_uid=0",
  );
});

Deno.test("printRule() writes deny, expiry, reason and author", () => {
  const rule = {
    number: 3,
    line: 9,
    deny: true,
    when: { origin_zone: "lan" },
    expires: "2026-12-31",
    reason: "build farm",
    by: "root",
  };
  assertEquals(
    printRule(rule),
    'deny origin_zone=lan # expires=2026-12-31 reason="build farm" by=root',
  );
});

Deno.test("printFolder() tells a wildcard from a folder named *", () => {
  assertEquals(printFolder({ path: "/opt/", recursive: true }), "/opt/*");
  assertEquals(printFolder({ path: "/opt/*/", recursive: false }), '"/opt/\\x2a/"');
  assertEquals(printFolder({ path: "/*/", recursive: true }), '"/\\x2a/*"');
  assertEquals(printFolder({ path: '/a"/', recursive: true }), '"/a\\"/*"');
});

Deno.test("printRule() lets no file name add a rule, a condition or a wildcard", () => {
  for (const name of ["x\ncreator_uid=0", "x;creator_uid=0", 'x";creator_uid=0', "x # y", "*"]) {
    const line = print({ target_filename: "/tmp/" + name });
    const { rules, errors } = parseAllowlist(encoder.encode(line));
    assertEquals(errors, []);
    assertEquals(rules.map((rule) => rule.when), [{ target_filename: "/tmp/" + name }]);
  }
});

Deno.test("printRule() is undone by parseAllowlist(), whatever bytes a rule holds", () => {
  fc.assert(
    fc.property(anyRule, (rule) => {
      const line = printRule(rule);
      assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(line), line);
      const { rules, errors } = parseAllowlist(encoder.encode(line));
      assertEquals(errors, []);
      assertEquals(rules, [rule]);
    }),
    { numRuns: 3000 },
  );
});
