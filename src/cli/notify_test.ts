import { assertEquals } from "@std/assert";
import { parseBlock } from "./notify.ts";

Deno.test("parseBlock() reads a block and nothing else", () => {
  assertEquals(parseBlock('BLOCK\t3fa29c0112345678\tscript\t"/tmp/a b"\tcurl'), {
    token: "3fa29c0112345678",
    kind: "script",
    target: '"/tmp/a b"',
    creator: "curl",
  });
  for (
    const line of [
      "",
      "OK subscribed",
      "BLOCK",
      "BLOCK\t3fa29c01\texec\t/tmp/x",
      "BLOCK\t--help\texec\t/tmp/x\tcurl",
      "BLOCK\t3fa29c01\texec\t/tmp/x\tcurl\tmore",
    ]
  ) {
    assertEquals(parseBlock(line), undefined, line);
  }
});
