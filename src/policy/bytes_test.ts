import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { anyBytes } from "./_arbitraries.ts";
import {
  bytesToByteString,
  byteStringToBytes,
  decodeText,
  displayText,
  excerpt,
  quoteValue,
  textToByteString,
} from "./bytes.ts";

Deno.test("bytesToByteString() and byteStringToBytes() are inverse", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    assertEquals(byteStringToBytes(bytesToByteString(bytes)), bytes);
  }));
});

Deno.test("bytesToByteString() takes inputs longer than the stack", () => {
  const long = new Uint8Array(1_000_000).fill(0xfe);
  const value = bytesToByteString(long);
  assertEquals(value.length, long.length);
  assertEquals(value.charCodeAt(999_999), 0xfe);
});

Deno.test("byteStringToBytes() refuses text", () => {
  assertThrows(() => byteStringToBytes("/€"), RangeError, "the character at 1 is not a byte");
});

Deno.test("textToByteString() encodes as UTF-8", () => {
  assertEquals(textToByteString("/ü"), "/\xc3\xbc");
  assertEquals(textToByteString("/plain"), "/plain");
});

Deno.test("decodeText() falls back to one character a byte", () => {
  assertEquals(decodeText("\xe2\x82\xac"), "€");
  assertEquals(decodeText("\xe2\x82"), "\xe2\x82");
});

Deno.test("quoteValue() leaves safe values bare", () => {
  for (const value of ["/usr/bin/curl", "a=b", "x,y:z@1+2~", "(deleted)", "don't"]) {
    assertEquals(quoteValue(value), value);
  }
  assertEquals(quoteValue(textToByteString("/home/jürgen/日本")), "/home/jürgen/日本");
});

Deno.test("quoteValue() quotes whatever could be misread", () => {
  assertEquals(quoteValue(""), '""');
  assertEquals(quoteValue("a b"), '"a b"');
  assertEquals(quoteValue("a;b#c"), '"a;b#c"');
  assertEquals(quoteValue('"\\'), '"\\"\\\\"');
  assertEquals(quoteValue("\n\t\r\x00\x7f"), '"\\n\\t\\x0d\\x00\\x7f"');
  assertEquals(quoteValue("/opt/*"), '"/opt/\\x2a"');
  assertEquals(quoteValue("\x80\xff"), '"\\x80\\xff"');
});

Deno.test("quoteValue() escapes characters that can't be seen or turn text around", () => {
  assertEquals(quoteValue(textToByteString("a\u202eb")), '"a\\xe2\\x80\\xaeb"');
  assertEquals(quoteValue(textToByteString("a\u2028b")), '"a\\xe2\\x80\\xa8b"');
  assertEquals(quoteValue(textToByteString("a\u0085b")), '"a\\xc2\\x85b"');
  assertEquals(quoteValue(textToByteString("a\u00a0b")), '"a\\xc2\\xa0b"');
  assertEquals(quoteValue(textToByteString("a\ufeffb")), '"a\\xef\\xbb\\xbfb"');
  assertEquals(quoteValue(textToByteString("a\u3164b")), '"a\\xe3\\x85\\xa4b"');
});

Deno.test("displayText() keeps inner blanks and signs that only a rule minds", () => {
  assertEquals(displayText("/a b;c#d*\\"), "/a b;c#d*\\");
  assertEquals(displayText(textToByteString("/ü x")), "/ü x");
  assertEquals(displayText(""), '""');
  assertEquals(displayText('"a"'), '"\\"a\\""');
  assertEquals(displayText(" a"), '" a"');
  assertEquals(displayText("a "), '"a "');
  assertEquals(displayText("/a\x1b[31m"), '"/a\\x1b[31m"');
});

Deno.test("excerpt() always quotes and cuts what is long", () => {
  assertEquals(excerpt("a b\n"), '"a b\\n"');
  assertEquals(excerpt("x".repeat(61)), `"${"x".repeat(60)}"…`);
  // A cut inside a UTF-8 sequence shows its bytes.
  assertEquals(excerpt("x".repeat(59) + "\xc3\xbc"), `"${"x".repeat(59)}\\xc3"…`);
});

Deno.test("quoteValue() and displayText() print one line of visible characters", () => {
  fc.assert(
    fc.property(anyBytes, (value) => {
      const quoted = quoteValue(value);
      const shown = displayText(value);
      assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(quoted + shown));
      assert(quoted.startsWith('"') || !/[\s;#"\\*]/u.test(quoted));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("quoteValue() gives every value a text of its own", () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, (a, b) => {
      assertEquals(quoteValue(a) === quoteValue(b), a === b);
    }),
    { numRuns: 2000 },
  );
});
