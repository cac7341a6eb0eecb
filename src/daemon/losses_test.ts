import { assertEquals } from "@std/assert";
import { LpCounter } from "../../ffi/layout.gen.ts";
import { lossesOf, lossMeaning, newLosses, openDecisions } from "./losses.ts";

Deno.test("lossesOf() has what was lost and nothing else", () => {
  const counters = { marks: 5, blocked: 3, events_lost: 2, known_full: 0, mark_lost: 1, spared: 4 };
  const losses = lossesOf({ counters, skipped: {}, losses: { "xattr_failed: ENOSPC": 7 } });
  assertEquals(losses, { events_lost: 2, mark_lost: 1, "xattr_failed: ENOSPC": 7 });
  // Spared by intent, and a mark that is nowhere; a lost log line opens nothing.
  assertEquals(openDecisions(counters, losses), 5);
  const skipped = lossesOf({ counters: {}, skipped: { do_splice: 3 }, losses: {} });
  assertEquals(skipped, { "recursion_misses: do_splice": 3 });
  assertEquals(openDecisions({}, skipped), 3);
});

Deno.test("newLosses() tells what came since", () => {
  assertEquals(newLosses({ events_lost: 2, known_full: 1 }, { events_lost: 5, known_full: 1 }), [
    { what: "events_lost", count: 3, total: 5 },
  ]);
});

Deno.test("lossMeaning() has words for every loss, and for one it doesn't know", () => {
  assertEquals(lossMeaning("log_lines"), "log lines that could not be written in time");
  assertEquals(lossMeaning("surprise"), "surprise");
});

Deno.test("lossMeaning() knows every counter of the kernel that is none of the ordinary ones", () => {
  const ordinary = ["marks", "local", "allowed", "blocked", "would_block", "spared", "connected"];
  const telling = ["guarded", "writers_unknown"];
  const unknown = Object.keys(LpCounter).filter((name) => name.startsWith("LP_COUNT_"))
    .map((name) => name.slice("LP_COUNT_".length).toLowerCase())
    .filter((name) => ![...ordinary, ...telling].includes(name) && !name.startsWith("self_"))
    .filter((name) => lossMeaning(name) === name);
  assertEquals(unknown, []);
});
