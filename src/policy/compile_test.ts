import { assert, assertEquals, assertThrows } from "@std/assert";
import { cpuTimer } from "../_cpu_time.ts";
import header from "../../bpf/wire.h" with { type: "text" };
import { PathHasher } from "../marks/path_hash.ts";
import {
  compile,
  CompileError,
  MAX_SHAPES,
  SHAPE_LANDING_RECURSIVE,
  SHAPE_TARGET_RECURSIVE,
} from "./compile.ts";
import type { DimName } from "./dims.ts";
import { parseAllowlist } from "./parse.ts";
import type { Conditions, Rule } from "./rule.ts";
import { BUILTIN_ZONES } from "./zones.ts";

const DAY = 86_400;
const hasher = new PathHasher(Uint8Array.from({ length: 16 }, (_, i) => i));
const context = { hasher, zones: BUILTIN_ZONES, now: 0 };

function compileLines(...lines: string[]) {
  const { rules, errors } = parseAllowlist(new TextEncoder().encode(lines.join("\n")));
  assertEquals(errors, []);
  return compile(rules, context);
}

/** The values as [number, flags, expires]. */
function packedValues(bytes: Uint8Array): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 24 }, (_, i) => [
    view.getUint32(24 * i, true),
    view.getUint32(24 * i + 4, true),
    Number(view.getBigUint64(24 * i + 8, true)),
  ]);
}

Deno.test("compile() has the constants of wire.h", () => {
  const shift = (name: string) => Number(header.match(`#define ${name} \\(1u << (\\d+)\\)`)![1]);
  assertEquals(SHAPE_TARGET_RECURSIVE, 1 << shift("LP_SHAPE_TARGET_RECURSIVE"));
  assertEquals(SHAPE_LANDING_RECURSIVE, 1 << shift("LP_SHAPE_LANDING_RECURSIVE"));
  assertEquals(MAX_SHAPES, Number(header.match(/#define LP_MAX_SHAPES (\d+)/)![1]));
});

Deno.test("compile() puts every dimension into its slot", () => {
  const digest = Uint8Array.from({ length: 32 }, (_, i) => i);
  const { shapes, table } = compileLines(
    "target_filename=/usr/bin/true;target_folder=/usr/bin/;landing_filename=x.sh;" +
      "landing_folder=/usr/bin/*;creator_process=/usr/bin/true;creator_comm=curl;creator_uid=7;" +
      "writer_process=/usr/bin/true;writer_uid=0;origin_zone=lan;" +
      `sha256=${digest.toHex()};execution_uid=4294967294`,
  );
  assertEquals(shapes, [0xfff | SHAPE_LANDING_RECURSIVE]);
  const key = new DataView(table.keys.buffer, table.keys.byteOffset, 104);
  assertEquals(key.getUint32(0, true), shapes[0]);
  assertEquals(key.getUint32(4, true), 0);
  assertEquals(Array.from({ length: 12 }, (_, bit) => key.getBigUint64(8 + 8 * bit, true)), [
    0x7e44aa5f796162d7n,
    0xa48f1330e1408719n,
    hasher.name("x.sh"),
    0xa48f1330e1408719n,
    0x7e44aa5f796162d7n,
    hasher.comm("curl"),
    7n,
    0x7e44aa5f796162d7n,
    0n,
    2n,
    hasher.digest(digest),
    4294967294n,
  ]);
});

Deno.test("compile() tells folders from all that lies below them", () => {
  const { shapes } = compileLines(
    "target_folder=/a/",
    "target_folder=/a/*",
    "landing_folder=/a/*",
    "target_folder=/a/*;landing_folder=/a/*",
  );
  assertEquals(shapes, [1 << 1, 0x10002, 0x20008, 0x3000a]);
});

Deno.test("compile() packs shapes as struct lp_shapes", () => {
  const { shapesBytes, denies } = compileLines("creator_uid=1", "deny creator_comm=x");
  assertEquals(denies, true);
  const words = new Uint32Array(shapesBytes.buffer);
  assertEquals(words.length, 66);
  assertEquals([...words.subarray(0, 5)], [2, 1, 1 << 6, 1 << 5, 0]);
  assertEquals([...new Uint32Array(compileLines().shapesBytes.buffer.slice(0, 8))], [0, 0]);
});

Deno.test("compile() merges rules with the same conditions", () => {
  const { table, loaded, ends, refreshAt } = compileLines(
    "creator_uid=1",
    "creator_uid=1",
    "creator_uid=2",
    "deny creator_uid=2",
    "deny creator_uid=3",
    "creator_uid=3",
  );
  assertEquals(packedValues(table.values), [[1, 0, 0], [4, 1, 0], [5, 1, 0]]);
  assertEquals([loaded, refreshAt], [6, 0]);
  assertEquals([...ends], []);
});

Deno.test("compile() keeps the longest time of merged rules and says when to do it again", () => {
  const { table, ends, refreshAt } = compileLines(
    "creator_uid=1 # expires=1970-01-05",
    "creator_uid=1 # expires=1970-01-09",
    "creator_uid=2 # expires=1970-01-08",
    "creator_uid=2",
    "creator_uid=3 # expires=1970-01-02",
    "creator_uid=4 # expires=1970-01-03",
    "creator_uid=4 # expires=1970-01-03",
  );
  assertEquals(packedValues(table.values), [
    [1, 0, 9 * DAY],
    [3, 0, 0],
    [5, 0, 2 * DAY],
    [6, 0, 3 * DAY],
  ]);
  assertEquals(refreshAt, 5 * DAY);
  assertEquals([...ends], [[5, 1], [9, 1], [8, 1], [2, 1], [3, 2]].map(([d, n]) => [d! * DAY, n]));
});

Deno.test("compile() leaves out what is over", () => {
  const rule: Rule = { number: 1, line: 1, deny: true, when: { creator_uid: 1 } };
  const rules = [{ ...rule, expires: "1970-01-01" }];
  assertEquals(compile(rules, { ...context, now: DAY - 1 }).loaded, 1);
  const { loaded, denies, shapes, table } = compile(rules, { ...context, now: DAY });
  assertEquals([loaded, denies, shapes, table.count], [0, false, [], 0]);
});

Deno.test("compile() takes 64 shapes and names the line of the 65th", () => {
  const values: Conditions = {
    landing_filename: "x",
    creator_comm: "x",
    creator_uid: 0,
    writer_uid: 0,
    origin_zone: "lan",
    execution_uid: 0,
    sha256: "00".repeat(32),
  };
  const names = Object.keys(values) as DimName[];
  const rules = Array.from({ length: 65 }, (_, i): Rule => ({
    number: i + 1,
    line: 10 + i,
    deny: false,
    when: Object.fromEntries(
      names.filter((_, bit) => (i + 1) & (1 << bit)).map((name) => [name, values[name]]),
    ),
  }));
  const enough = rules.slice(0, 64);
  assertEquals(compile(enough, context).shapes.length, 64);
  assertEquals(compile([...enough, enough[0]!], context).loaded, 65);
  const error = assertThrows(() => compile(rules, context), CompileError, "on line 74");
  assertEquals(error.finding.line, 74);
});

Deno.test("compile() names a zone that has no number", () => {
  const error = assertThrows(
    () => compileLines("creator_uid=1", "origin_zone=lam"),
    CompileError,
    'unknown zone "lam" in the rule on line 2',
  );
  assertEquals([error.finding.line, error.hint], [2, 'did you mean "lan"?']);
});

Deno.test("compile() takes any iterable", () => {
  function* rules(): Generator<Rule> {
    for (let i = 1; i <= 200; i++) {
      yield { number: i, line: i, deny: false, when: { creator_uid: i } };
    }
  }
  assertEquals(compile(rules(), context).table.count, 200);
});

Deno.test("compile() takes 100,000 rules in well under a second", () => {
  const rules = Array.from({ length: 100_000 }, (_, i): Rule => ({
    number: i + 1,
    line: i + 1,
    deny: false,
    when: {
      target_filename: `/opt/app${i % 1000}/bin/tool${i}`,
      creator_process: "/usr/bin/curl",
    },
  }));
  const elapsed = cpuTimer();
  const { table } = compile(rules, context);
  const took = elapsed();
  assertEquals(table.count, 100_000);
  assert(took < 2000, `took ${took} ms`);
});
