import { assertEquals } from "@std/assert";
import { type DigestHost, probeDigests } from "./digests.ts";

function answer(host: Partial<DigestHost>): string {
  const { state, detail } = probeDigests(() => ({
    release: "6.12.57+deb13-cloud-amd64",
    version: "Linux version 6.12.57+deb13-cloud-amd64 (x) #1 SMP Debian 6.12.57-1 (2026-01-01)",
    commandLine: "quiet",
    bpfFilesystem: { state: "supported", detail: "" },
    hasFunction: () => true,
    ...host,
  }));
  return state === "supported" ? state : `${state}: ${detail}`;
}

Deno.test("probeDigests() says yes to a kernel that can", () => {
  assertEquals(answer({}), "supported");
  assertEquals(answer({ commandLine: "ima_hash=sha512 ima_hash=sha256" }), "supported");
  assertEquals(answer({ release: "7.3.1" }), "supported");
  assertEquals(answer({ release: "6.1.54", version: "" }), "supported");
  // The name of a distribution's kernel doesn't tell its patches.
  const debian = { release: "6.1.0-40-amd64", version: "… Debian 6.1.153-1 (2025-09-20)" };
  assertEquals(answer(debian), "supported");
});

Deno.test("probeDigests() refuses kernels that skip programs", () => {
  const why = (release: string) =>
    `unsupported: on Linux ${release} a program that sleeps may have another one skipped`;
  assertEquals(answer({ release: "6.1.53", version: "" }), why("6.1.53"));
  const debian = { release: "6.1.0-11-amd64", version: "… Debian 6.1.38-4 (2023-08-08)" };
  assertEquals(answer(debian), why("6.1.0-11-amd64"));
  assertEquals(answer({ release: "6.1.0-40-x", version: "gcc 12.2.0" }), why("6.1.0-40-x"));
});

Deno.test("probeDigests() wants a place to keep programs at", () => {
  assertEquals(
    answer({ bpfFilesystem: { state: "unsupported", detail: "" } }),
    "unsupported: there is no BPF filesystem on /sys/fs/bpf",
  );
  const untested = { state: "untested", detail: "EACCES" } as const;
  assertEquals(answer({ bpfFilesystem: untested }), "untested: EACCES");
});

Deno.test("probeDigests() refuses kernels without the hash, or with another", () => {
  assertEquals(
    answer({ hasFunction: (name) => name !== "ima_file_hash" }),
    "unsupported: the kernel lacks ima_file_hash",
  );
  assertEquals(
    answer({ commandLine: "ro ima_hash=sha1" }),
    "unsupported: the kernel hashes files with sha1",
  );
});
