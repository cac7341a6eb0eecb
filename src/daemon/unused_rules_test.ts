import { assert, assertEquals } from "@std/assert";
import { parsePolicy, type PolicyPart } from "../policy/policy.ts";
import type { UnusedPage, UnusedPlace } from "./protocol.ts";
import { RuleTexts } from "./rule_texts.ts";
import { UnusedRules } from "./unused_rules.ts";

function unusedOf(parts: PolicyPart[], find: () => number[]): UnusedRules {
  const texts = new RuleTexts(parts, parsePolicy(parts));
  return new UnusedRules(texts, () => Uint32Array.from(find()));
}

const encode = (text: string) => new TextEncoder().encode(text);

Deno.test("UnusedRules tells where the rules stand", () => {
  const parts: PolicyPart[] = [
    { text: encode("#\ncreator_uid=1\ncreator_uid=2 # by=me\n") },
    { file: "/rules.d/a.allow", text: encode("creator_uid=3\n") },
    { once: true, text: encode("creator_uid=4\n") },
  ];
  const page = unusedOf(parts, () => [2, 3, 4]).page(null)!;
  assertEquals([page.unused, page.next], [3, null]);
  assertEquals(page.rules, [
    { line: 3, rule: "creator_uid=2 # by=me" },
    { line: 1, file: "/rules.d/a.allow", rule: "creator_uid=3" },
    { line: null, rule: "creator_uid=4" },
  ]);
});

Deno.test("UnusedRules gives all of many rules in pages of bounded size", () => {
  const count = 5000;
  const lines = Array.from({ length: count }, (_, uid) => `creator_uid=${uid}`);
  lines[7] = `target_filename="/${"x".repeat(60_000)}"`;
  const unused = unusedOf([{ text: encode(lines.join("\n")) }], () => lines.map((_, i) => i + 1));
  const seen: (number | null)[] = [];
  let from: UnusedPlace | null = null;
  let pages = 0;
  do {
    const page: UnusedPage | { next: UnusedPlace | null; rules: UnusedPage["rules"] } = unused.page(
      from,
    )!;
    assert(JSON.stringify(page).length < 128 * 1024);
    seen.push(...page.rules.map(({ line }) => line));
    from = page.next;
    pages++;
  } while (from !== null);
  assertEquals(seen, lines.map((_, i) => i + 1));
  assert(pages >= 5);
});

Deno.test("UnusedRules goes on behind the last rule, whoever has asked meanwhile", () => {
  const lines = Array.from({ length: 3000 }, (_, uid) => `creator_uid=${uid}`);
  let found = lines.map((_, i) => i + 1);
  const unused = unusedOf([{ text: encode(lines.join("\n")) }], () => found);
  const { rules, next } = unused.page(null)!;
  // Some were used since, which somebody else's question brings to light.
  found = found.filter((number) => number > 500);
  unused.page(null);
  assertEquals(unused.page(next)?.rules[0]?.line, rules.at(-1)!.line! + 1);
});

Deno.test("UnusedRules doesn't mix up two policies", () => {
  const lines = Array.from({ length: 3000 }, (_, uid) => `creator_uid=${uid}`).join("\n");
  const make = () =>
    unusedOf([{ text: encode(lines) }], () => lines.split("\n").map((_, i) => i + 1));
  const { next } = make().page(null)!;
  assertEquals(make().page(next), null);
});
