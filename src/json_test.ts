import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { toJson } from "./json.ts";

Deno.test("toJson() escapes what a terminal hides, obeys or turns around", () => {
  const text = "\x7f\x9b\u2028\u2029\u202e\u200b\u{e0041}\ufeffü";
  assertEquals(
    toJson(text),
    '"\\u007f\\u009b\\u2028\\u2029\\u202e\\u200b\\udb40\\udc41\\ufeffü"',
  );
});

Deno.test("toJson() gives what is read back as it was", () => {
  fc.assert(fc.property(fc.jsonValue(), fc.string({ unit: "binary" }), (value, text) => {
    const json = toJson([value, text]);
    assertEquals(JSON.parse(json), JSON.parse(JSON.stringify([value, text])));
    assertMatch(json, /^[^\p{C}]*$/u);
  }));
});
