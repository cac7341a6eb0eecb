import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { PathHasher } from "../marks/path_hash.ts";
import { fewFacts, fewRules } from "./_arbitraries.ts";
import { compile } from "./compile.ts";
import { evaluate, evaluateCompiled, hashFacts } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import { parseAllowlist } from "./parse.ts";
import { BUILTIN_ZONES } from "./zones.ts";

const DAY = 86_400;
const context = {
  hasher: new PathHasher(Uint8Array.from({ length: 16 }, (_, i) => i)),
  zones: BUILTIN_ZONES,
};

const FACTS: Facts = {
  target: "/opt/app/bin/run",
  landingFolder: "/home/u/Downloads/",
  landingName: "run.sh",
  creatorProcess: "/usr/bin/curl",
  creatorComm: "curl",
  creatorUid: 1000,
  writerProcess: "/usr/bin/tar",
  writerUid: 1000,
  zone: "lan",
  sha256: "ab".repeat(32),
  executionUid: 0,
  now: 0,
};

function rulesOf(...lines: string[]) {
  const { rules, errors } = parseAllowlist(new TextEncoder().encode(lines.join("\n")));
  assertEquals(errors, []);
  return rules;
}

/** What both evaluators say, as `VERDICT NUMBER`. */
function decide(lines: string[], facts: Partial<Facts> = {}): string {
  const all = { ...FACTS, ...facts };
  const rules = rulesOf(...lines);
  const naive = evaluate(rules, all);
  const compiled = evaluateCompiled(
    compile(rules, { ...context, now: all.now }),
    hashFacts(all, context),
  );
  const answer = `${naive.verdict} ${naive.rule?.number ?? 0}`;
  assertEquals(`${compiled.verdict} ${compiled.number}`, answer);
  return answer;
}

Deno.test("evaluate() matches each dimension", () => {
  for (
    const [line, other] of [
      ["target_filename=/opt/app/bin/run", "target_filename=/opt/app/bin/ru"],
      ["target_folder=/opt/app/bin/", "target_folder=/opt/app/"],
      ["target_folder=/opt/*", "target_folder=/op/*"],
      ["target_folder=/opt/app/bin/*", "target_folder=/opt/app/bin/run/*"],
      ["target_folder=/*", "target_folder=/"],
      ["landing_filename=run.sh", "landing_filename=run"],
      ["landing_folder=/home/u/Downloads/", "landing_folder=/home/u/"],
      ["landing_folder=/home/*", "landing_folder=/home/v/*"],
      ["creator_process=/usr/bin/curl", "creator_process=/usr/bin/wget"],
      ["creator_comm=curl", "creator_comm=cur"],
      ["creator_uid=1000", "creator_uid=1"],
      ["writer_process=/usr/bin/tar", "writer_process=/usr/bin/curl"],
      ["writer_uid=1000", "writer_uid=0"],
      ["origin_zone=lan", "origin_zone=internet"],
      [`sha256=${"AB".repeat(32)}`, `sha256=${"ac".repeat(32)}`],
      ["execution_uid=0", "execution_uid=1"],
    ] as const
  ) {
    assertEquals(decide([line]), "allow 1");
    assertEquals(decide([other]), "none 0");
    assertEquals(decide([other, `deny ${line}`]), "deny 2");
  }
});

Deno.test("evaluate() needs every condition of a rule and any rule of the set", () => {
  assertEquals(decide(["creator_comm=curl;creator_uid=1000;execution_uid=0"]), "allow 1");
  assertEquals(decide(["creator_comm=curl;creator_uid=1001;execution_uid=0"]), "none 0");
  assertEquals(decide(["creator_uid=1", "creator_uid=2", "creator_uid=1000"]), "allow 3");
  assertEquals(decide([]), "none 0");
});

Deno.test("evaluate() lets deny win and names the first of several", () => {
  const allow = ["creator_uid=1000", "creator_comm=curl", "target_folder=/opt/*"];
  assertEquals(decide(allow), "allow 1");
  assertEquals(decide([...allow, "deny execution_uid=0", "deny origin_zone=lan"]), "deny 4");
  assertEquals(decide(["target_folder=/opt/*", "target_folder=/*"]), "allow 1");
  assertEquals(decide(["target_folder=/*", "target_folder=/opt/*"]), "allow 1");
  assertEquals(decide(["creator_uid=1000", "deny creator_uid=1000"]), "deny 2");
});

Deno.test("evaluate() ends a rule with its last day", () => {
  const line = "creator_uid=1000 # expires=1970-01-03";
  assertEquals(decide([line], { now: 3 * DAY - 1 }), "allow 1");
  assertEquals(decide([line], { now: 3 * DAY }), "none 0");
  assertEquals(decide(["creator_uid=1000", `deny ${line}`], { now: 3 * DAY }), "allow 1");
  assertEquals(decide([line, "creator_uid=1000"], { now: 3 * DAY }), "allow 2");
});

Deno.test("evaluate() matches nothing that isn't known", () => {
  const lines = [
    "target_folder=/*",
    "creator_process=/usr/bin/curl",
    "target_filename=/opt/app/bin/run",
  ];
  assertEquals(decide(lines, { target: null }), "none 0");
  assertEquals(decide(["writer_process=/usr/bin/tar"], { target: null }), "allow 1");
  assertEquals(decide([...lines, "creator_comm=curl"], { target: null }), "allow 4");
  assertEquals(decide(["landing_folder=/*"], { landingFolder: null }), "none 0");
  assertEquals(decide(["creator_uid=0"], { creatorUid: null }), "none 0");
  assertEquals(decide(["creator_uid=0"], { creatorUid: 0 }), "allow 1");
  assertEquals(decide([`sha256=${"00".repeat(32)}`], { sha256: null }), "none 0");
  // A zone without a number is no zone at all to the kernel.
  assertEquals(decide(["origin_zone=lan"], { zone: "gone" }), "none 0");
});

Deno.test("evaluate() names the rule that would allow with the fewest changes", () => {
  const nearest = (facts: Partial<Facts>, ...lines: string[]) => {
    const { nearest } = evaluate(rulesOf(...lines), { ...FACTS, ...facts });
    return nearest && [nearest.rule.number, nearest.failed, nearest.expired];
  };
  assertEquals(
    nearest(
      {},
      "creator_uid=1;execution_uid=7",
      "creator_uid=1;creator_comm=curl",
      "creator_uid=2",
    ),
    [2, ["creator_uid"], false],
  );
  assertEquals(nearest({}, "deny creator_uid=1"), undefined);
  assertEquals(nearest({}), undefined);
  assertEquals(nearest({ now: 9 * DAY }, "creator_uid=1000 # expires=1970-01-01"), [1, [], true]);
  assertEquals(nearest({}, "creator_uid=1000"), undefined);
  assertEquals(
    nearest({}, "execution_uid=3;target_folder=/x/*;landing_filename=y"),
    [1, ["target_folder", "landing_filename", "execution_uid"], false],
  );
});

Deno.test("evaluateCompiled() is evaluate(), case by case", () => {
  const seen = { allow: 0, deny: 0, none: 0 };
  fc.assert(
    fc.property(fewRules, fewFacts, (rules, facts) => {
      const naive = evaluate(rules, facts);
      const policy = compile(rules, { ...context, now: facts.now });
      const compiled = evaluateCompiled(policy, hashFacts(facts, context));
      assertEquals(compiled, { verdict: naive.verdict, number: naive.rule?.number ?? 0 });
      seen[naive.verdict]++;
    }),
    { numRuns: 10_000 },
  );
  // A test in which hardly anything matches would prove nothing.
  assert(Math.min(...Object.values(seen)) > 300, JSON.stringify(seen));
});

Deno.test("evaluateCompiled() never allows more than evaluate() on tables that grow old", () => {
  // Nearly all rules alike, so that merged ones end at different times.
  const alike = fewRules.map((rules) =>
    rules.map((rule) => ({ ...rule, when: { creator_uid: rule.number % 2 } }))
  );
  let refused = 0;
  fc.assert(
    fc.property(alike, fewFacts, (rules, facts) => {
      const naive = evaluate(rules, facts).verdict;
      const policy = compile(rules, { ...context, now: 0 });
      const old = evaluateCompiled(policy, hashFacts(facts, context)).verdict;
      if (old === naive) return;
      assert(old === "none" && naive === "allow", `${old} for ${naive}`);
      assert(policy.refreshAt > 0 && policy.refreshAt <= facts.now);
      refused++;
    }),
    { numRuns: 10_000 },
  );
  assert(refused > 0);
});
