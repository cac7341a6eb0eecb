import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cpuTimer } from "../_cpu_time.ts";
import { fewFacts, fewRules } from "./_arbitraries.ts";
import { evaluate } from "./evaluate.ts";
import { lintRules } from "./lint.ts";
import { parseAllowlist } from "./parse.ts";
import type { Rule } from "./rule.ts";

const DAY = 86_400;

/** The warnings about lines as `LINE:COLUMN CODE MESSAGE`. */
function lint(lines: string[], options: Partial<Parameters<typeof lintRules>[1]> = {}): string[] {
  const text = new TextEncoder().encode(lines.join("\n"));
  const { rules, errors } = parseAllowlist(text, { positions: true });
  assertEquals(errors, []);
  return lintRules(rules, { now: 0, ...options })
    .map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

Deno.test("lintRules() finds nothing wrong with ordinary rules", () => {
  assertEquals(
    lint([
      "target_filename=/usr/local/bin/tool;creator_process=/usr/bin/curl",
      "target_filename=/home/u/bin/tool;landing_folder=/home/u/Downloads/;creator_comm=curl",
      "target_folder=/opt/app/*",
      "landing_folder=/tmp/;target_folder=/usr/local/bin/",
      "writer_process=/usr/bin/dpkg;writer_uid=0",
      `sha256=${"00".repeat(32)};landing_folder=/tmp/`,
      "deny creator_comm=nc",
      "deny landing_folder=/srv/*",
    ]),
    [],
  );
});

Deno.test("lintRules() finds duplicates and keeps the one that lasts", () => {
  assertEquals(
    lint([
      "landing_filename=a;creator_uid=1",
      "# x",
      "creator_uid=1;landing_filename=a",
      "landing_filename=b # expires=2026-01-01",
      "landing_filename=b",
    ]),
    [
      "3:1 duplicate the same rule stands on line 1",
      "4:1 duplicate the same rule stands on line 5",
    ],
  );
});

Deno.test("lintRules() finds rules that a more general one covers", () => {
  assertEquals(
    lint([
      "target_filename=/opt/a/b;creator_comm=curl",
      "target_folder=/opt/*",
      "target_folder=/opt/*;landing_filename=x",
      "target_folder=/opt/a/",
      "target_folder=/opt/a/*",
      "target_folder=/opt2/",
      "landing_folder=/srv/a/*;landing_filename=x",
      "landing_folder=/srv/*",
    ]),
    [1, 3, 4, 5].map((line) => `${line}:1 unreachable line 2 allows all of this already`).concat(
      "7:1 unreachable line 8 allows all of this already",
    ),
  );
});

Deno.test("lintRules() finds rules under one that refuses", () => {
  assertEquals(
    lint([
      "target_folder=/opt/a/*",
      "deny target_folder=/opt/*",
      "deny target_filename=/opt/x",
      "target_filename=/opt/y",
      "deny target_filename=/opt/y",
    ]),
    [
      "1:1 unreachable line 2 refuses all of this",
      "3:1 unreachable line 2 refuses all of this already",
      "4:1 unreachable line 2 refuses all of this",
      "5:1 unreachable line 2 refuses all of this already",
    ],
  );
});

Deno.test("lintRules() minds when rules end", () => {
  assertEquals(
    lint([
      "target_filename=/opt/x",
      "target_folder=/opt/ # expires=2026-01-01",
      "target_filename=/opt/y # expires=2025-01-01",
      "landing_filename=x # expires=1970-01-01",
      "landing_filename=x;creator_uid=1",
    ], { now: DAY }),
    [
      "3:1 unreachable line 2 allows all of this already",
      "4:1 expired the rule ended with 1970-01-01",
    ],
  );
});

Deno.test("lintRules() says what is known about a rule that ended", () => {
  const [warning] = lint(
    ['creator_uid=1 # expires=1970-01-01 reason="a\\nb" by=anna'],
    { now: DAY },
  );
  assertEquals(
    warning,
    '1:1 expired the rule ended with 1970-01-01 (reason: "a\\nb", by anna)',
  );
});

Deno.test("lintRules() keeps the first of rules that cover each other", () => {
  assertEquals(
    lint(["target_filename=/opt/x;target_folder=/opt/", "target_filename=/opt/x"]),
    ["2:1 unreachable line 1 allows all of this already"],
  );
});

Deno.test("lintRules() finds contradictions", () => {
  assertEquals(
    lint([
      "target_filename=/opt/x;target_folder=/srv/",
      "target_filename=/opt/a/x;target_folder=/opt/",
      "target_filename=/opt/y;target_folder=/srv/*",
      "target_filename=/opt/a/z;target_folder=/opt/*",
    ]),
    [1, 2, 3].map((line) => {
      const column = line === 2 ? 26 : 24;
      return `${line}:${column} impossible nothing matches: target_filename isn't in target_folder`;
    }),
  );
});

Deno.test("lintRules() finds rules that allow about everything", () => {
  assertEquals(
    lint([
      "creator_process=/usr/bin/curl;creator_comm=curl",
      "creator_uid=0;target_folder=/*",
      "origin_zone=lan;execution_uid=0;writer_uid=0",
    ]),
    [
      "1:1 broad the rule allows everything with that creator_process and creator_comm, " +
      "whatever it is and wherever it lies",
      "2:1 broad the rule allows everything with that creator_uid, " +
      "whatever it is and wherever it lies",
      "3:1 broad the rule allows everything with that writer_uid and origin_zone and " +
      "execution_uid, whatever it is and wherever it lies",
    ],
  );
  assertEquals(lint(["landing_folder=/*"]), ["1:1 broad the rule allows everything"]);
});

Deno.test("lintRules() finds places that ordinary users can write", () => {
  assertEquals(
    lint([
      "creator_comm=x;target_folder=/tmp/",
      "target_folder=/home/u/bin/*",
      "landing_folder=/dev/shm/x/;creator_comm=x",
      "creator_process=/home/u/curl;target_filename=/usr/bin/x",
      "target_filename=/var/tmp/x",
      "target_folder=/var/*",
      "target_folder=/home/",
      "target_folder=/home/*",
    ]),
    [
      "1:16 writable anybody can put files into /tmp/",
      "2:1 unreachable line 8 allows all of this already",
      "3:1 writable anybody can put files into /dev/shm/x/",
      "4:1 writable its owner can put another program at /home/u/curl",
      "5:1 unreachable line 6 allows all of this already",
      "6:1 writable ordinary users can put files into /var/tmp/, which lies in there",
      "7:1 unreachable line 8 allows all of this already",
      "8:1 writable ordinary users can put files into /home/, which lies in there",
    ],
  );
  assertEquals(lint(["target_filename=/var/tmp/x"]), [
    "1:1 writable anybody can put a file at /var/tmp/x",
  ]);
});

Deno.test("lintRules() asks the host about other folders", () => {
  const isUserWritable = (folder: string) => folder === "/srv/drop/";
  assertEquals(
    lint(["target_folder=/srv/drop/", "target_filename=/srv/x", "writer_process=/srv/drop/x"], {
      isUserWritable,
    }),
    [
      "1:1 writable anybody can put files into /srv/drop/",
      "3:1 writable anybody can put another program at /srv/drop/x",
    ],
  );
});

Deno.test("lintRules() calls only rules useless that can go without changing a verdict", () => {
  const useless = new Set(["duplicate", "unreachable", "impossible", "expired"]);
  let removed = 0;
  fc.assert(
    fc.property(fewRules, fewFacts, (rules, facts) => {
      const gone = new Set(
        lintRules(rules, { now: 0 }).filter(({ code }) => useless.has(code)).map(({ line }) =>
          line
        ),
      );
      const rest = rules.filter((rule) => !gone.has(rule.line));
      assertEquals(evaluate(rest, facts).verdict, evaluate(rules, facts).verdict);
      removed += gone.size;
    }),
    { numRuns: 5000 },
  );
  assert(removed > 500, `${removed}`);
});

Deno.test("lintRules() finds every pair in which one rule covers the other", () => {
  // One dimension and its folders: small enough to know the answer by trying.
  const folder = fc.constantFrom("/", "/a/", "/a/b/");
  const pattern = fc.record({ path: folder, recursive: fc.boolean() });
  fc.assert(fc.property(pattern, pattern, (a, b) => {
    const rules = [a, b].map((target_folder, i): Rule => ({
      number: i + 1,
      line: i + 1,
      deny: false,
      when: { target_folder },
    }));
    const matched = (rule: Rule) =>
      ["/x", "/a/x", "/a/b/x", "/a/b/c/x"].filter((target) =>
        evaluate([rule], { ...NOTHING, target }).verdict === "allow"
      );
    const [first, second] = rules.map(matched) as [string[], string[]];
    const covered = first.every((t) => second.includes(t)) ||
      second.every((t) => first.includes(t));
    const found = lintRules(rules, { now: 0 })
      .some(({ code }) => code === "unreachable" || code === "duplicate");
    assertEquals(found, covered);
  }));
});

const NOTHING = {
  target: null,
  landingFolder: null,
  landingName: null,
  creatorProcess: null,
  creatorComm: null,
  creatorUid: null,
  writerProcess: null,
  writerUid: null,
  zone: null,
  sha256: null,
  executionUid: null,
  now: 0,
};

Deno.test("lintRules() takes 20,000 rules in about a second", () => {
  const rules = Array.from({ length: 20_000 }, (_, i): Rule => ({
    number: i + 1,
    line: i + 1,
    deny: false,
    when: i % 2
      ? { target_filename: `/opt/app${i}/bin/tool`, creator_comm: "curl" }
      : { target_folder: { path: `/srv/app${i}/`, recursive: true } },
  }));
  const elapsed = cpuTimer();
  assertEquals(lintRules(rules, { now: 0 }), []);
  const took = elapsed();
  assert(took < 3000, `took ${took} ms`);
});
