import { assertEquals, assertThrows } from "@std/assert";
import { sampleObject } from "../../scripts/testdata/sample.ts";
import { LibraryMissing } from "../../ffi/library_missing.ts";
import { Btf } from "./btf.ts";
import { Elf } from "./elf.ts";
import {
  compareVersions,
  lackingOf,
  probeBpfFilesystem,
  probeBpfLsm,
  probeFunction,
  probeHooks,
  probeHost,
  probeJit,
  probeKernelBtf,
  probeKernelVersion,
  probeLibbpf,
  probeLockdown,
  readKernelBtf,
} from "./probe.ts";

function withFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

Deno.test("probeHost() answers every question", () => {
  assertEquals(probeHost().map(({ name }) => name), [
    "root",
    "kernel version",
    "kernel BTF",
    "BPF LSM",
    "lockdown",
    "BPF JIT",
    "BPF filesystem",
    "libbpf",
  ]);
});

Deno.test("probeLibbpf() tells a missing library from another failure", () => {
  assertEquals(probeLibbpf(() => "1.1"), { state: "supported", detail: "libbpf 1.1" });
  const missing = probeLibbpf(() => {
    throw new LibraryMissing(["libbpf.so.1"], "apt-get install libbpf1");
  });
  assertEquals(missing, {
    state: "unsupported",
    detail: "Could not open the library libbpf.so.1",
    fix: "apt-get install libbpf1",
  });
  const refused = probeLibbpf(() => {
    throw new Deno.errors.NotCapable("Requires ffi access");
  });
  assertEquals([refused.state, refused.detail], ["untested", "Requires ffi access"]);
});

Deno.test("probeKernelVersion() compares numbers", () => {
  const state = (release: string) => probeKernelVersion(release).state;
  assertEquals(state("6.1.0-40-cloud-amd64"), "supported");
  assertEquals(state("6.12.1"), "supported");
  assertEquals(state("10.0.0"), "supported");
  assertEquals(state("5.15.0"), "unsupported");
  assertEquals(state("6.0.9"), "unsupported");
  assertEquals(state("unknown"), "untested");
});

Deno.test(
  "probeKernelBtf() tells absence from refusal",
  withFolder((folder) => {
    assertEquals(probeKernelBtf(`${folder}/none`).state, "unsupported");
    Deno.writeTextFileSync(`${folder}/btf`, "12");
    assertEquals(probeKernelBtf(`${folder}/btf`).detail, `${folder}/btf: 2 bytes`);
    assertEquals(probeKernelBtf(`${folder}/btf/none`).state, "untested");
  }),
);

Deno.test(
  "probeBpfLsm() looks for bpf as a whole word",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/lsm`, "lockdown,capability,bpf\n");
    assertEquals(probeBpfLsm(folder).state, "supported");
    Deno.writeTextFileSync(`${folder}/lsm`, "capability,bpfx");
    assertEquals(probeBpfLsm(folder, folder), {
      state: "unsupported",
      detail: "active: capability,bpfx, without bpf",
      fix: "add lsm=capability,bpfx,bpf to the kernel command line and reboot, " +
        "in the configuration of your boot loader",
    });
  }),
);

Deno.test(
  "probeBpfLsm() and probeLockdown() can't tell without securityfs",
  withFolder((folder) => {
    for (const answer of [probeBpfLsm(folder), probeLockdown(folder)]) {
      assertEquals(answer.state, "untested");
      assertEquals(answer.detail, `securityfs is not mounted on ${folder}`);
      assertEquals(answer.fix, `mount -t securityfs securityfs ${folder}`);
    }
    assertEquals(probeBpfLsm(`${folder}/none`).state, "untested");
  }),
);

Deno.test(
  "probeLockdown() objects to confidentiality only",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/lockdown`, "none [integrity] confidentiality\n");
    assertEquals(probeLockdown(folder).state, "supported");
    Deno.writeTextFileSync(`${folder}/lockdown`, "none integrity [confidentiality]\n");
    assertEquals(probeLockdown(folder).state, "unsupported");
  }),
);

Deno.test(
  "probeJit() wants programs compiled",
  withFolder((folder) => {
    const file = `${folder}/jit`;
    assertEquals(probeJit(file).state, "untested");
    Deno.writeTextFileSync(file, "0\n");
    assertEquals(probeJit(file).state, "unsupported");
    Deno.writeTextFileSync(file, "2\n");
    assertEquals(probeJit(file).state, "supported");
  }),
);

Deno.test("probeHooks() names the hooks that are missing", () => {
  const kernel = {
    hasFunction: (name: string) => name === "bpf_lsm_file_open",
    find: (kind: string, name: string) =>
      kind === "typedef" && name === "btf_trace_sched_process_fork" ? {} : undefined,
  } as unknown as Btf;
  const here = ["lsm/file_open", "tp_btf/sched_process_fork"];
  assertEquals(probeHooks(here, () => kernel), { state: "supported", detail: "all 2" });
  const { state, detail } = probeHooks([...here, "lsm/mmap_file"], () => kernel);
  assertEquals([state, detail], ["unsupported", "the kernel lacks lsm/mmap_file"]);
  assertEquals(probeHooks(here, () => readKernelBtf("/nowhere")).state, "untested");
});

Deno.test("lackingOf() leaves out what is optional, and takes no doubt for a yes", () => {
  const answers = [
    { name: "a", state: "supported" as const, detail: "" },
    { name: "b", state: "unsupported" as const, detail: "", optional: true },
    { name: "c", state: "untested" as const, detail: "" },
  ];
  assertEquals(lackingOf(answers).map(({ name }) => name), ["c"]);
});

Deno.test(
  "probeBpfFilesystem() looks at the filesystem, not the name",
  withFolder((folder) => {
    assertEquals(probeBpfFilesystem(folder), {
      state: "unsupported",
      detail: `not mounted on ${folder}`,
      fix: `mount -t bpf bpf ${folder}`,
    });
    assertEquals(probeBpfFilesystem(`${folder}/none`).state, "unsupported");
  }),
);

Deno.test("probeFunction() takes an absence on a new kernel for a fault", async () => {
  const btf = new Btf(new Elf(await sampleObject()).section(".BTF")!.bytes);
  const state = (name: string, since: string | undefined, release: string) =>
    probeFunction(btf, { name, since }, release).state;
  assertEquals(state("lp_exit", undefined, "6.1.0"), "supported");
  assertEquals(state("lp_none", undefined, "6.1.0"), "unsupported");
  assertEquals(state("lp_none", "6.12", "6.1.0"), "unsupported");
  assertEquals(state("lp_none", "6.12", "6.12.3"), "untested");
});

Deno.test("readKernelBtf() throws when the kernel has none", () => {
  assertThrows(() => readKernelBtf("/nowhere"), Deno.errors.NotFound);
});

Deno.test("compareVersions() compares two numbers", () => {
  assertEquals(compareVersions("6.12.3", "6.1")! > 0, true);
  assertEquals(compareVersions("6.1.99", "6.1"), 0);
  assertEquals(compareVersions("5.19", "6.1")! < 0, true);
  assertEquals(compareVersions("x", "6.1"), undefined);
});
