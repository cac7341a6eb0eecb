import { assertEquals } from "@std/assert";
import header from "../../bpf/wire.h" with { type: "text" };
import {
  MARK_DERIVED,
  MARK_DIRTY,
  MARK_TOMBSTONE,
  MARK_UNKNOWN_ORIGIN,
  MARK_VOLUME,
} from "./records.ts";

Deno.test("MARK_* are the flags of wire.h", () => {
  const flags = [...header.matchAll(/^#define LP_MARK_(\w+) 0x(\w+)u/gm)];
  assertEquals(
    flags.map(([, name, value]) => [name, parseInt(value!, 16)]),
    [
      ["DIRTY", MARK_DIRTY],
      ["TOMBSTONE", MARK_TOMBSTONE],
      ["DERIVED", MARK_DERIVED],
      ["UNKNOWN_ORIGIN", MARK_UNKNOWN_ORIGIN],
      ["VOLUME", MARK_VOLUME],
    ],
  );
});
