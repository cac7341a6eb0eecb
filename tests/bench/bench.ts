/**
 * Counts the instructions of common operations in guests: without BPF, with empty programs on
 * linprov's hooks (the floor: what any program there costs), and with linprov in enforce.
 *
 * @module
 */

import { compileBpf } from "../../scripts/build_bpf.ts";
import { Elf } from "../../src/host/elf.ts";
import { boot } from "../lab/boot.ts";
import { rootWithLinprov } from "../lab/installed.ts";
import { kernel, type KernelName, KERNELS } from "../lab/kernels.ts";
import { run } from "../lab/process.ts";
import { ensureQemu } from "../lab/qemu.ts";
import { emptyProgram, type Measures, parseMeasures, report, WAYS } from "./report.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const BUILD = `${ROOT}build/bench`;
const HERE = `${ROOT}tests/bench`;

/** Compiles the programs of the guest; returns payload paths to files here. */
async function guestFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {
    "kernel/bench.sh": `${HERE}/guest.sh`,
    "attach.py": `${HERE}/attach.py`,
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
  name: KernelName,
  way: string,
  root: string,
  files: Record<string, string>,
): Promise<Measures> {
  const logs = `${BUILD}/${name}-${way}`;
  await Deno.mkdir(logs, { recursive: true });
  const verdict = await boot({
    kernel: await kernel(name),
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
      `Cannot measure '${way}' on ${name}: ${verdict.fault ?? result?.why ?? ""}\n${said}`,
    );
  }
  console.error(`bench: ${name} ${way} measured`);
  return parseMeasures(result.output);
}

async function main(): Promise<void> {
  await ensureQemu();
  await Deno.remove(BUILD, { recursive: true }).catch(() => {});
  await Deno.mkdir(BUILD, { recursive: true });
  const root = await rootWithLinprov();
  const files = await guestFiles();
  const measures: Record<string, Record<string, Measures>> = {};
  const queue = KERNELS.flatMap((name) => WAYS.map((way) => ({ name, way })));
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) {
      (measures[job.name] ??= {})[job.way] = await measure(job.name, job.way, root, files);
    }
  };
  await Promise.all([worker(), worker()]);
  const text = report(KERNELS.map((name) => [name, measures[name]!]));
  console.log(text);
  if (Deno.args.includes("--write")) {
    await Deno.mkdir(`${ROOT}docs`, { recursive: true });
    await Deno.writeTextFile(`${ROOT}docs/benchmarks.md`, text);
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
