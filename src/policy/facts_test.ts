import { assertEquals } from "@std/assert";
import { type Facts, knownFacts } from "./facts.ts";

const FACTS: Facts = {
  target: "/opt/app/run",
  landingFolder: "/home/u/Downloads",
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

Deno.test("knownFacts() has every dimension when all is known", () => {
  assertEquals(knownFacts(FACTS), {
    target_filename: "/opt/app/run",
    target_folder: "/opt/app/",
    landing_filename: "run.sh",
    landing_folder: "/home/u/Downloads/",
    creator_process: "/usr/bin/curl",
    creator_comm: "curl",
    creator_uid: 0,
    writer_process: "/usr/bin/tar",
    writer_uid: 1,
    origin_zone: "lan",
    sha256: "00".repeat(32),
    execution_uid: 2,
  });
  assertEquals(knownFacts({ ...FACTS, landingFolder: "/" }).landing_folder, "/");
  assertEquals(knownFacts({ ...FACTS, target: "/run" }).target_folder, "/");
});

Deno.test("knownFacts() has no path but the writer's when the target is unknown", () => {
  const known = knownFacts({ ...FACTS, target: null });
  assertEquals(Object.keys(known).sort(), [
    "creator_comm",
    "creator_uid",
    "execution_uid",
    "landing_filename",
    "landing_folder",
    "origin_zone",
    "sha256",
    "writer_process",
    "writer_uid",
  ]);
});
