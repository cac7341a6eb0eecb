import { assertEquals } from "@std/assert";
import { parsePolicy, type PolicyPart } from "../policy/policy.ts";
import { RuleTexts } from "./rule_texts.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function textsOf(...parts: PolicyPart[]): RuleTexts {
  return new RuleTexts(parts, parsePolicy(parts));
}

Deno.test("RuleTexts finds rules by the kernel's number", () => {
  const texts = textsOf({
    text: encode("# c\n\n creator_uid=1 \n# d\ndeny creator_uid=2 # by=me\r\ncreator_uid=3"),
  });
  assertEquals(texts.get(0), null);
  assertEquals(texts.get(1), { line: 3, text: "creator_uid=1" });
  assertEquals(texts.get(2), { line: 5, text: "deny creator_uid=2 # by=me" });
  assertEquals(texts.get(3), { line: 6, text: "creator_uid=3" });
  assertEquals(texts.get(4), null);
});

Deno.test("RuleTexts names the file of a rule that isn't in the allowlist", () => {
  const texts = textsOf(
    { text: encode("creator_uid=1") },
    { file: "/rules.d/empty.allow", text: encode("# nothing\n") },
    { file: "/rules.d/site.allow", text: encode("#\ncreator_uid=2\ncreator_uid=3\n") },
    { once: true, text: encode("creator_uid=4\n") },
  );
  assertEquals(texts.get(1), { line: 1, text: "creator_uid=1" });
  assertEquals(texts.get(2), { line: 2, file: "/rules.d/site.allow", text: "creator_uid=2" });
  assertEquals(texts.get(3), { line: 3, file: "/rules.d/site.allow", text: "creator_uid=3" });
  assertEquals(texts.get(4), { line: null, text: "creator_uid=4" });
  assertEquals(texts.get(5), null);
});

Deno.test("RuleTexts gives no line to a rule that stands in no file", () => {
  const once: PolicyPart = { once: true, text: encode("creator_uid=2\n") };
  const texts = textsOf({ text: encode("creator_uid=1") }, once);
  assertEquals(texts.get(1)?.line, 1);
  assertEquals(texts.get(2), { line: null, text: "creator_uid=2" });
  const empty = textsOf({ text: encode("") }, once);
  assertEquals(empty.get(1), { line: null, text: "creator_uid=2" });
});
