import { assertEquals } from "@std/assert";
import type { VerdictEvent } from "../events/event.ts";
import { Soak } from "./soak.ts";

function ran(path: string, comm: string, answer: VerdictEvent["answer"]): VerdictEvent {
  return {
    type: "verdict",
    kind: "exec",
    answer,
    rule: null,
    denied: false,
    sha256: null,
    file: { fs: new Uint8Array(16), ino: 1n, gen: 0, dev: 0 },
    mark: {
      origin: {
        number: 1,
        creator: null,
        comm,
        uid: 0,
        zone: "internet",
        remote: null,
        port: null,
        time: 1,
      },
      landingFolder: "/tmp/",
      landingFile: "x",
      writer: null,
      writerUid: null,
      derived: false,
      time: 1,
    },
    time: 0,
    pid: 1,
    uid: 0,
    comm: "bash",
    path,
    host: true,
  };
}

Deno.test("Soak counts the mapping of what is executed as part of the execution", () => {
  const soak = new Soak(["creator_comm"]);
  const exec = ran("/tmp/a", "curl", "would-block");
  soak.note(exec);
  soak.note({ ...exec, kind: "mmap" });
  soak.note({ ...exec, kind: "mmap", path: "/tmp/library.so" });
  assertEquals([soak.executions, soak.proposals()[0]?.hits], [2, 2]);
});

Deno.test("Soak counts what no rule can name", () => {
  const soak = new Soak(["target_filename"]);
  const piped = ran("", "curl", "would-block");
  const mark = { ...piped.mark, landingFolder: null, landingFile: null };
  assertEquals(soak.note({ ...piped, kind: "pipe", path: null, mark }), null);
  assertEquals([soak.executions, soak.rules, soak.unnamed], [1, 0, 1]);
});

Deno.test("Soak proposes each rule once and counts what it would permit", () => {
  const soak = new Soak(["creator_comm"]);
  assertEquals(soak.note(ran("/tmp/a", "curl", "would-block")), "creator_comm=curl");
  assertEquals(soak.note(ran("/tmp/b", "curl", "would-block")), null);
  assertEquals(soak.note(ran("/tmp/a", "wget", "would-block")), "creator_comm=wget");
  // Permitted since the rule was taken over: it still counts.
  assertEquals(soak.note(ran("/tmp/a", "curl", "allow")), null);
  assertEquals(soak.proposals(), [
    { rule: "creator_comm=curl", hits: 3 },
    { rule: "creator_comm=wget", hits: 1 },
  ]);
  assertEquals(soak.executions, 4);
});

Deno.test("Soak proposes nothing for what is permitted already", () => {
  const soak = new Soak(["creator_comm"]);
  assertEquals(soak.note(ran("/tmp/a", "curl", "allow")), null);
  assertEquals(soak.proposals(), []);
});

Deno.test("Soak falls back to the narrowest rule when a dim isn't known", () => {
  const soak = new Soak(["creator_process"]);
  assertEquals(
    soak.note(ran("/tmp/a b", "curl", "would-block")),
    'target_filename="/tmp/a b";landing_filename=x;landing_folder=/tmp/;creator_comm=curl;' +
      "creator_uid=0;execution_uid=0",
  );
});
