/**
 * Counts the instructions of common operations in guests: without BPF, with empty programs on
 * linprov's hooks (the floor: what any program there costs), and with linprov in enforce.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { compileBpf } from "../../scripts/build_bpf.ts";
import { Elf } from "../../src/host/elf.ts";
import { boot } from "../lab/boot.ts";
import { rootWithLinprov } from "../lab/installed.ts";
import { type Kernel, kernel, type KernelName, KERNELS } from "../lab/kernels.ts";
import { run } from "../lab/process.ts";
import { ensureQemu } from "../lab/qemu.ts";
import {
  emptyProgram,
  type KernelMeasures,
  type Measures,
  parseMeasures,
  report,
  type Way,
  WAYS,
  withLoading,
} from "./report.ts";
import { writeTables } from "./tables.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const BUILD = `${ROOT}build/bench`;
const HERE = `${ROOT}tests/bench`;

/** Compiles the programs of the guest; returns payload paths to files here. */
async function guestFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {
    "kernel/bench.sh": `${HERE}/guest.sh`,
    "attach.py": `${HERE}/attach.py`,
    "load.py": `${HERE}/load.py`,
    "linprov.bpf.o": `${ROOT}build/linprov.bpf.o`,
    ...await writeTables(BUILD, [10, 100_000]),
  };
  for (const name of ["ops", "nothing"]) {
    await run(
      "gcc",
      ["-O2", "-Wall", "-Wextra", "-Werror", "-static"]
        .concat(["-o", `${BUILD}/${name}`, `${HERE}/${name}.c`]),
    );
    files[`bin/${name}`] = `${BUILD}/${name}`;
  }
  const object = new Elf(await Deno.readFile(`${ROOT}build/linprov.bpf.o`));
  for (const { name, source } of emptyPrograms(object)) {
    await Deno.writeTextFile(`${BUILD}/${name}.c`, source);
    await compileBpf({ source: `build/bench/${name}.c`, output: `${BUILD}/${name}.o` });
    files[`empty/${name}.o`] = `${BUILD}/${name}.o`;
  }
  return files;
}

/** One empty program for each hook of the real object. */
function emptyPrograms(object: Elf): { name: string; source: string }[] {
  const programs = new Map<string, string>();
  for (const section of object.sections) {
    const program = emptyProgram(section.name);
    if (program) programs.set(program.name, program.source);
  }
  if (programs.size === 0) throw new Error("Cannot find a hook in build/linprov.bpf.o");
  return [...programs].map(([name, source]) => ({ name, source }));
}

async function measure(
  kernel: Kernel,
  way: Way,
  root: string,
  files: Record<string, string>,
): Promise<Measures> {
  const logs = `${BUILD}/${kernel.name}-${way}`;
  await Deno.mkdir(logs, { recursive: true });
  const verdict = await boot({
    kernel,
    root,
    logs,
    scenarios: [{ name: "bench", deadline: 300 }],
    counting: true,
    files,
    variables: { LAB_BENCH: way },
  });
  const result = verdict.results[0];
  if (!result?.ok || verdict.fault) {
    const said = result?.output.slice(-20).join("\n") ?? "";
    throw new Error(
      `Cannot measure '${way}' on ${kernel.name}: ${verdict.fault ?? result?.why ?? ""}\n${said}`,
    );
  }
  console.error(`bench: ${kernel.name} ${way} measured`);
  return parseMeasures(result.output);
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, {
    boolean: ["write"],
    string: ["kernel"],
    collect: ["kernel"],
    unknown: (name: string) => {
      throw new Error(`Cannot take '${name}': there are --write and --kernel`);
    },
  });
  const chosen = args.kernel as string[];
  const strange = chosen.find((name) => !KERNELS.some((known) => known === name));
  if (strange !== undefined) {
    throw new Error(`Cannot measure on '${strange}': there are ${KERNELS.join(", ")}`);
  }
  if (args.write && chosen.length) {
    throw new Error("Cannot write the page with --kernel: it holds every kernel");
  }
  const names: readonly KernelName[] = chosen.length
    ? KERNELS.filter((name) => chosen.includes(name))
    : KERNELS;
  await ensureQemu();
  await Deno.remove(BUILD, { recursive: true }).catch(() => {});
  await Deno.mkdir(BUILD, { recursive: true });
  const root = await rootWithLinprov();
  const files = await guestFiles();
  const measures = new Map<KernelName, KernelMeasures>();
  for (const name of names) {
    const guest = await kernel(name);
    const ways: KernelMeasures["ways"] = {};
    for (const way of WAYS) ways[way] = await measure(guest, way, root, files);
    measures.set(name, { release: guest.release, ways });
  }
  const text = report(measures);
  console.log(text);
  if (args.write) {
    await Deno.mkdir(`${ROOT}docs`, { recursive: true });
    const page = `${ROOT}docs/benchmarks.md`;
    const before = await Deno.readTextFile(page).catch(() => "");
    await Deno.writeTextFile(page, withLoading(text, before));
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
