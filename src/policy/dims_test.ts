import { assertEquals, assertThrows } from "@std/assert";
import { DIM_BIT, DIM_NAMES, dimHint, DIMS, findDim, parseDims } from "./dims.ts";
import header from "../../bpf/wire.h" with { type: "text" };

Deno.test("DIMS has the order and the bits of enum lp_dim", () => {
  const enumerators = [...header.matchAll(/^\tLP_DIM_(\w+) = (\d+),$/gm)];
  assertEquals(
    enumerators.map(([, name, bit]) => [name!.toLowerCase(), Number(bit)]),
    DIM_NAMES.map((name) => [name, DIM_BIT[name]]),
  );
  assertEquals(DIMS.length, 12);
});

Deno.test("parseDims() takes full and short names in any order, each once", () => {
  assertEquals(parseDims("uid, comm ,creator,creator_comm"), [
    "creator_process",
    "creator_comm",
    "creator_uid",
  ]);
  assertEquals(parseDims([...DIM_NAMES].reverse().join(",")), [...DIM_NAMES]);
});

Deno.test("parseDims() names what it doesn't know and what is near", () => {
  assertThrows(
    () => parseDims("comm,target_filenam"),
    SyntaxError,
    'Cannot read the dimensions "comm,target_filenam": "target_filenam" is unknown, did you mean "target_filename"?',
  );
  assertThrows(() => parseDims("elephant"), SyntaxError, "known are target_filename, ");
  assertThrows(() => parseDims(""), SyntaxError, "a name is missing");
  assertThrows(() => parseDims("comm,"), SyntaxError, "a name is missing");
  assertThrows(() => parseDims("constructor"), SyntaxError, "is unknown");
});

Deno.test("findDim() knows full names only", () => {
  assertEquals(findDim("sha256")?.kind, "digest");
  assertEquals(findDim("uid"), undefined);
  assertEquals(findDim("toString"), undefined);
});

Deno.test("dimHint() spells a short name out", () => {
  assertEquals(dimHint("uid"), 'write "creator_uid"');
  assertEquals(dimHint("sha265"), 'did you mean "sha256"?');
  assertEquals(dimHint("elephant"), undefined);
});
