import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { blockToken, isToken } from "./token.ts";

const KEY = new Uint8Array(16).fill(7);

Deno.test("blockToken() is the same for the same identity and key only", () => {
  const token = blockToken(KEY, [1n, 2n, 3]);
  assertEquals(blockToken(KEY, [1n, 2n, 3n]), token);
  assertNotEquals(blockToken(new Uint8Array(16), [1n, 2n, 3]), token);
  assertNotEquals(blockToken(KEY, [2n, 1n, 3]), token);
  assertNotEquals(blockToken(KEY, [1n, 2n]), token);
});

Deno.test("blockToken() tells unknown from zero", () => {
  const tokens = [[0n], [null], [], [null, null], [0n, null]].map((id) => blockToken(KEY, id));
  assertEquals(new Set(tokens).size, tokens.length);
});

Deno.test("blockToken() always has 16 lower-case hex digits", () => {
  for (let i = 0; i < 1000; i++) assertMatch(blockToken(KEY, [i]), /^[0-9a-f]{16}$/);
});

Deno.test("isToken() knows tokens from paths", () => {
  assert(isToken("deadbeef") && isToken("0123456789abcdef"));
  assert(!isToken("deadbee") && !isToken("DEADBEEF") && !isToken("0123456789abcdef0"));
  assert(!isToken("deadbeef\n"));
});
