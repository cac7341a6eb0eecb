import { assertEquals } from "@std/assert";
import { writeLpDetection } from "../../ffi/layout.gen.ts";
import { lpDetection } from "../../ffi/layout.gen.ts";
import { bytesToByteString } from "../policy/bytes.ts";
import { readDetection } from "./detection.ts";
import { detectionLevel, detectionLine } from "./detection_lines.ts";
import type { DetectionEvent } from "./event.ts";

const EVENT: DetectionEvent = {
  type: "detection",
  detector: "replaced",
  act: "deleted",
  time: 1_800_000_002_000,
  pid: 42,
  uid: 1000,
  comm: "rm",
  exe: "/usr/bin/rm",
  target: "/tmp/x",
  targetPid: null,
  ancestors: [{ pid: 7, comm: "sh", exe: "/usr/bin/dash" }, { pid: 2, comm: "k", exe: null }],
  execution: null,
  pathsCut: false,
  mark: null,
};

const EXEC: DetectionEvent = {
  ...EVENT,
  detector: "exec",
  act: "executed",
  target: "./x",
  execution: {
    told: { arguments: true, environment: true },
    arguments: ["./x", "a ]b", "[", "", "{"],
    argumentBytes: 13,
    argumentsCut: false,
    environment: ["LD_PRELOAD=/a b"],
    environmentCut: false,
    sha256: null,
  },
};

Deno.test("detectionLine() tells who did what, and who started it", () => {
  const { message, properties } = detectionLine(EVENT);
  assertEquals(
    message,
    "DETECTED name=replaced reason=deleted pid=42 comm=rm uid=1000 exe=/usr/bin/rm target=/tmp/x " +
      "ancestry=[{pid=7 comm=sh exe=/usr/bin/dash} {pid=2 comm=k exe=?}]",
  );
  assertEquals([properties.event, properties.arguments, properties.origin], [
    "DETECTED",
    null,
    null,
  ]);
  assertEquals(detectionLevel(EVENT), "warn");
});

Deno.test("detectionLine() keeps arguments apart, whatever is in them", () => {
  const { message, properties } = detectionLine(EXEC);
  assertEquals(
    /arguments=.*(?= ancestry)/.exec(message)?.[0],
    'arguments=[./x "a ]b" "[" "" "{"] arguments_bytes=13 environment=["LD_PRELOAD=/a b"]',
  );
  assertEquals(properties.arguments, ["./x", "a ]b", "[", "", "{"]);
  assertEquals(detectionLevel(EXEC), "info");
});

Deno.test("detectionLine() leaves out what nobody asked for", () => {
  const told = { arguments: false, environment: false };
  const { message, properties } = detectionLine({
    ...EXEC,
    execution: { ...EXEC.execution!, told },
  });
  assertEquals(message.includes("arguments") || message.includes("environment"), false);
  assertEquals([properties.arguments, properties.environment], [null, null]);
});

/** A record's text with these lengths and bytes behind it. */
function record(lengths: { exeLen?: number; argumentsLen?: number }, text: string): string {
  const bytes = new Uint8Array(lpDetection.size);
  const ancestor = Array.from({ length: 8 }, () => ({
    pid: 1,
    pathLen: 0,
    comm: new Uint8Array(16),
  }));
  writeLpDetection(new DataView(bytes.buffer), 0, {
    ...{ exeLen: 0, targetLen: 0, targetPid: 0, ancestors: 1, argumentsLen: 0 },
    ...{ argumentsBytes: 9, environmentLen: 0, flags: 0, ancestor },
    ...lengths,
  });
  return bytesToByteString(bytes) + text;
}

Deno.test("readDetection() reads texts, and nothing behind the end of the record", () => {
  const found = readDetection(record({ exeLen: 2, argumentsLen: 5 }, "/aa\0b\0\0"));
  assertEquals([found?.exe, found?.target], ["/a", null]);
  assertEquals(found?.arguments, ["a", "b", ""].slice(0, 3));
  assertEquals(found?.argumentsCut, true);
  assertEquals(readDetection(record({ exeLen: 3 }, "/a")), null);
  assertEquals(readDetection("x"), null);
});
