/**
 * The examples of docs/policy.md: what it says of its rules is what they do, what it calls a
 * configuration is one, and its commands can be typed.
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../src/cli/commands.ts";
import { parseLine } from "../src/cli/parse.ts";
import { resolveSettings } from "../src/config/resolve.ts";
import { PathHasher } from "../src/marks/path_hash.ts";
import { compile } from "../src/policy/compile.ts";
import { evaluate, evaluateCompiled, hashFacts } from "../src/policy/evaluate.ts";
import type { Facts } from "../src/policy/facts.ts";
import { parseAllowlist } from "../src/policy/parse.ts";
import { parsePolicy, type PolicyPart } from "../src/policy/policy.ts";
import { placeOf } from "../src/policy/rule.ts";
import { assignZones } from "../src/policy/zones.ts";

const DOCS = new URL("../docs/", import.meta.url);
const PAGE = await Deno.readTextFile(new URL("policy.md", DOCS));

interface Block {
  language: string;
  /** What stands behind the language: a file. */
  info: string;
  text: string;
  /** Its first line in the page. */
  line: number;
}

function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^```(\S*) ?(.*)\n([^]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    info: match[2]!,
    text: match[3]!,
    line: page.slice(0, match.index).split("\n").length + 1,
  }));
}

/** Rules that stand together, and what the page says of them. */
interface Example {
  parts: PolicyPart[];
  facts: Block;
}

function examplesOf(blocks: Block[]): Example[] {
  const examples: Example[] = [];
  let parts: PolicyPart[] = [];
  for (const block of blocks) {
    if (block.language === "allowlist") {
      assertEquals(block.info === "", parts.length === 0, `line ${block.line}: what file is it`);
      const text = new TextEncoder().encode(block.text);
      parts.push({ text, ...block.info !== "" && { file: block.info } });
    } else if (block.language === "facts") {
      assert(parts.length > 0, `line ${block.line}: facts about no rules`);
      examples.push({ parts, facts: block });
      parts = [];
    } else {
      assertEquals(parts.length, 0, `line ${block.line}: rules without facts before it`);
    }
  }
  assertEquals(parts.length, 0, "rules without facts at the end");
  return examples;
}

const BLOCKS = blocksOf(PAGE);
const SETTINGS = BLOCKS.filter(({ language }) => language === "toml").map(({ text }) =>
  resolveSettings({ text, file: "config.toml", env: () => undefined, flags: new Map() })
);
const ZONES = assignZones(SETTINGS.flatMap(({ zones }) => zones.map(({ name }) => name)));

/** Facts are written like the conditions of a rule, and so they are read. */
function factsOf(conditions: string, day: string | undefined): Facts {
  const text = new TextEncoder().encode(conditions);
  const { rules, errors } = parseAllowlist(text, { zones: ZONES.keys() });
  assertEquals(errors, []);
  const { when } = rules[0]!;
  assertEquals([when.target_folder, when.landing_folder?.recursive ?? false], [undefined, false]);
  return {
    target: when.target_filename ?? null,
    landingFolder: when.landing_folder?.path ?? null,
    landingName: when.landing_filename ?? null,
    creatorProcess: when.creator_process ?? null,
    creatorComm: when.creator_comm ?? null,
    creatorUid: when.creator_uid ?? null,
    writerProcess: when.writer_process ?? null,
    writerUid: when.writer_uid ?? null,
    zone: when.origin_zone ?? null,
    sha256: null,
    executionUid: when.execution_uid ?? null,
    // The last second of that day.
    now: Date.parse(`${day ?? "2026-01-01"}T23:59:59Z`) / 1000,
  };
}

const VERDICTS = { allow: "runs", deny: "refused", none: "refused" } as const;

for (const { parts, facts } of examplesOf(BLOCKS)) {
  Deno.test(`policy.md, line ${facts.line}: the rules do what it says`, () => {
    const { rules, errors, warnings } = parsePolicy(parts, { zones: ZONES.keys() });
    assertEquals([errors, warnings], [[], []]);
    const hasher = new PathHasher(new Uint8Array(16));
    const deciding = new Set<number>();
    for (const line of facts.text.trimEnd().split("\n")) {
      const [, day, conditions, expected] = /^(?:on (\S+): )?(\S+) => (.+)$/.exec(line) ?? [];
      assert(conditions !== undefined, `not understood: ${line}`);
      const given = factsOf(conditions, day);
      const { verdict, rule } = evaluate(rules, given);
      const by = rule ? ` by ${placeOf(rule)}` : "";
      assertEquals(`${VERDICTS[verdict]}${by}`, expected, line);
      // As the kernel does it.
      const context = { hasher, zones: ZONES };
      const policy = compile(rules, { ...context, now: given.now });
      const compiled = evaluateCompiled(policy, hashFacts(given, context));
      assertEquals(compiled, { verdict, number: rule?.number ?? 0 }, line);
      if (rule) deciding.add(rule.number);
    }
    // Each rule of an example is there to show something.
    assertEquals(rules.filter(({ number }) => !deciding.has(number)), []);
  });
}

Deno.test("policy.md has examples of all that it explains", () => {
  assert(examplesOf(BLOCKS).length >= 7);
  const known = ["allowlist", "facts", "toml", "sh"];
  assertEquals(BLOCKS.filter(({ language }) => !known.includes(language)), []);
  assertEquals(SETTINGS.length, 1);
});

Deno.test("the commands of policy.md can be typed", () => {
  const lines = BLOCKS.filter(({ language }) => language === "sh")
    .flatMap(({ text }) => text.trimEnd().split("\n"));
  assert(lines.length > 5);
  for (const line of lines) {
    const [program, ...args] = line.split(" ");
    assertEquals(program, "linprov", line);
    assert(parseLine(args, COMMANDS).command, line);
  }
});

Deno.test("the links between the pages about rules lead somewhere", async () => {
  const anchor = (heading: string) =>
    heading.toLowerCase().replaceAll(/[^\w -]/g, "").replaceAll(" ", "-");
  let followed = 0;
  for (const name of ["policy.md", "allowlist.md", "configuration.md"]) {
    const text = await Deno.readTextFile(new URL(name, DOCS));
    for (const [link, page, part] of text.matchAll(/\]\(([\w./-]*\.md)?(?:#([\w-]+))?\)/g)) {
      if (page === undefined && part === undefined) continue;
      const target = await Deno.readTextFile(new URL(page ?? name, DOCS));
      const anchors = [...target.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading!));
      assert(part === undefined || anchors.includes(part), `${name}: ${link} leads nowhere`);
      followed++;
    }
  }
  assert(followed > 5);
});
