import { assertEquals, assertThrows } from "@std/assert";
import * as layout from "../../ffi/layout.gen.ts";
import { names } from "./_enumeration.ts";
import {
  DETECTOR_NAMES,
  detectorActs,
  detectorKeys,
  findDetector,
  readDetector,
} from "./detectors.ts";

Deno.test("detectors and their acts have the kernel's numbers", () => {
  const { LP_DETECTORS, ...detectors } = layout.LpDetectorNumber;
  const expected = DETECTOR_NAMES.map((name) => name.replaceAll("-", "_"));
  assertEquals(names(detectors, "LP_DETECT_"), expected);
  assertEquals(LP_DETECTORS, DETECTOR_NAMES.length);
  assertEquals(names(layout.LpDetectReplaced, "LP_REPLACED_"), [...detectorActs("replaced")]);
  assertEquals(names(layout.LpDetectProcMem, "LP_PROC_MEM_"), [...detectorActs("proc-mem")]);
  assertEquals(names(layout.LpDetectMprotect, "LP_MPROTECT_"), [...detectorActs("mprotect")]);
  assertEquals(detectorActs("exec"), ["executed"]);
});

Deno.test("findDetector() names those there are", () => {
  for (const name of DETECTOR_NAMES) assertEquals(findDetector(name), name);
  for (const name of ["", "exec ", "Exec", "constructor"]) {
    assertThrows(() => findDetector(name), SyntaxError, "there are exec, replaced, proc-mem");
  }
});

Deno.test("readDetector() refuses what the kernel can't compare", () => {
  const longest = "A".repeat(31);
  assertEquals(readDetector("exec", { environment: [longest] }).environment, [longest]);
  for (const environment of [["A".repeat(32)], [""], ["1A"], ["A B"], ["A=1"], ["\xc3\xbc"]]) {
    assertThrows(() => readDetector("exec", { environment }), SyntaxError);
  }
  const many = Array.from({ length: 65 }, (_, i) => `A${i}`);
  assertThrows(() => readDetector("exec", { environment: many }), SyntaxError, "more than 64");
  for (const path of ["node", "/usr/bin/", "/usr/../bin/node", "/a//b", "/a\0b", ""]) {
    assertThrows(() => readDetector("mprotect", { allow: [path] }), SyntaxError, "no full path");
  }
});

Deno.test("detectorKeys() tells what belongs to which", () => {
  assertEquals(detectorKeys("replaced"), ["allow"]);
  assertEquals(detectorKeys("mprotect"), ["allow"]);
  assertEquals(detectorKeys("exec"), ["allow", "arguments", "environment", "hash"]);
});
