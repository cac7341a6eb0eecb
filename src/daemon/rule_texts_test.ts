import { assertEquals } from "@std/assert";
import { parseAllowlist } from "../policy/parse.ts";
import { RuleTexts } from "./rule_texts.ts";

function textsOf(file: string, once = ""): RuleTexts {
  const text = new TextEncoder().encode(file + once);
  return new RuleTexts({ text, fileSize: file.length }, parseAllowlist(text).rules);
}

Deno.test("RuleTexts finds rules by the kernel's number", () => {
  const texts = textsOf("# c\n\n creator_uid=1 \n# d\ndeny creator_uid=2 # by=me\r\ncreator_uid=3");
  assertEquals(texts.get(0), null);
  assertEquals(texts.get(1), { line: 3, text: "creator_uid=1" });
  assertEquals(texts.get(2), { line: 5, text: "deny creator_uid=2 # by=me" });
  assertEquals(texts.get(3), { line: 6, text: "creator_uid=3" });
  assertEquals(texts.get(4), null);
});

Deno.test("RuleTexts gives no line to a rule that stands in no file", () => {
  const texts = textsOf("creator_uid=1", "\ncreator_uid=2\n");
  assertEquals(texts.get(1)?.line, 1);
  assertEquals(texts.get(2), { line: null, text: "creator_uid=2" });
  assertEquals(textsOf("", "\ncreator_uid=2\n").get(1), { line: null, text: "creator_uid=2" });
});
