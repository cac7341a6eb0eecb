import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { fewFacts } from "./_arbitraries.ts";
import { DIM_NAMES } from "./dims.ts";
import { evaluate } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import { printRule } from "./print.ts";
import { narrowestRule, ruleForDims } from "./propose.ts";

const FACTS: Facts = {
  target: "/opt/app/run",
  landingFolder: "/home/u/My Downloads/",
  landingName: "run.sh",
  creatorProcess: "/usr/bin/curl",
  creatorComm: "curl",
  creatorUid: 0,
  writerProcess: "/usr/bin/tar",
  writerUid: 1,
  zone: "lan",
  sha256: "00".repeat(32),
  executionUid: 2,
  now: 0,
};

Deno.test("narrowestRule() uses what tells one execution from another", () => {
  assertEquals(
    printRule(narrowestRule(FACTS)!),
    'target_filename=/opt/app/run;landing_filename=run.sh;landing_folder="/home/u/My Downloads/";' +
      "creator_process=/usr/bin/curl;creator_comm=curl;creator_uid=0;execution_uid=2",
  );
});

Deno.test("narrowestRule() names the content where the target isn't known", () => {
  assertEquals(
    printRule(narrowestRule({ ...FACTS, target: null })!),
    'landing_filename=run.sh;landing_folder="/home/u/My Downloads/";creator_comm=curl;' +
      `creator_uid=0;sha256=${"00".repeat(32)};execution_uid=2`,
  );
});

Deno.test("narrowestRule() makes no rule that doesn't name a file", () => {
  const unnamed = { ...FACTS, target: null, sha256: null };
  assert(narrowestRule(unnamed));
  assertEquals(narrowestRule({ ...unnamed, landingName: null }), undefined);
  assertEquals(narrowestRule({ ...unnamed, landingFolder: null }), undefined);
});

Deno.test("ruleForDims() has just the dimensions asked for, in canonical order", () => {
  assertEquals(
    printRule(ruleForDims(FACTS, ["creator_uid", "target_folder", "creator_process"])!),
    "target_folder=/opt/app/;creator_process=/usr/bin/curl;creator_uid=0",
  );
  assertEquals(Object.keys(ruleForDims(FACTS, DIM_NAMES)!.when), [...DIM_NAMES]);
});

Deno.test("ruleForDims() makes no rule wider than asked for", () => {
  assertEquals(
    ruleForDims({ ...FACTS, creatorComm: null }, ["creator_comm", "creator_uid"]),
    undefined,
  );
  assertEquals(ruleForDims({ ...FACTS, target: null }, ["creator_process"]), undefined);
  assertEquals(ruleForDims(FACTS, []), undefined);
});

Deno.test("narrowestRule() and ruleForDims() allow what they were made from", () => {
  fc.assert(fc.property(fewFacts, fc.subarray([...DIM_NAMES]), (facts, dims) => {
    for (const rule of [narrowestRule(facts), ruleForDims(facts, dims)]) {
      if (rule) assertEquals(evaluate([rule], facts).verdict, "allow");
    }
  }));
});
