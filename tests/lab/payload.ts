/**
 * The disk a guest gets besides its root: the runner, the scenarios and their helper programs.
 *
 * @module
 */

import { compileBpf } from "../../scripts/build_bpf.ts";
import { cached } from "./cache.ts";
import { capture, run } from "./process.ts";

const REPOSITORY = new URL("../../", import.meta.url).pathname;
const GUEST = `${REPOSITORY}tests/lab/guest`;
const SCENARIOS = `${REPOSITORY}tests/kernel`;

/** What the kernel's decisions are asked about; tests/kernel/decide_cases.ts. */
const DECISIONS = { policies: 200, facts: 110, seed: 1 };

/** One scenario to run. */
export interface PlanEntry {
  /** File name in tests/kernel without `.sh`. */
  name: string;
  /** Seconds it may take. */
  deadline: number;
  /** Its daemon may go on to the next scenario that says so too. */
  keepsDaemon?: boolean;
}

/** What goes on a payload besides what always does. */
export interface PayloadOptions {
  /** Scenarios to run, in order. */
  plan?: readonly PlanEntry[];
  /** A program that gets the console instead; see `VmOptions.variables`, `LAB_MODE=console`. */
  console?: string;
  /** More files: name in the payload to path here. */
  files?: Record<string, string>;
}

/**
 * Packs a payload.
 *
 * @param image path of the raw ext4 image to make
 * @param options what to put on it
 */
export async function makePayload(image: string, options: PayloadOptions): Promise<void> {
  const dir = `${image}.dir`;
  await Deno.remove(dir, { recursive: true }).catch(() => {});
  await Deno.mkdir(`${dir}/lab`, { recursive: true });
  await run("cp", ["-r", await programs(), `${dir}/bin`]);
  await run("cp", ["-r", SCENARIOS, `${dir}/kernel`]);
  await run("cp", ["-r", await ffiCheck(), `${dir}/ffi`]);
  await run("cp", ["-r", await decisions(), `${dir}/decide`]);
  await Deno.copyFile(`${REPOSITORY}build/linprov.bpf.o`, `${dir}/decide/linprov.bpf.o`);
  await Deno.copyFile(`${GUEST}/clean.sh`, `${dir}/lab/clean.sh`);
  for (const schema of ["events", "status"]) {
    const name = `${schema}.schema.json`;
    await Deno.copyFile(`${REPOSITORY}docs/${name}`, `${dir}/kernel/${name}`);
  }
  const plan = options.plan ?? [];
  await Deno.writeTextFile(
    `${dir}/plan`,
    plan.map(({ name, deadline, keepsDaemon }, at) => {
      const keep = keepsDaemon && plan[at + 1]?.keepsDaemon ? 1 : 0;
      return `${name} ${deadline} ${keep}\n`;
    }).join(""),
  );
  if (options.console) await Deno.writeTextFile(`${dir}/console`, options.console, { mode: 0o755 });
  for (const [name, path] of Object.entries(options.files ?? {})) {
    const target = `${dir}/${name}`;
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(path, target);
  }
  const megabytes = Math.ceil(await size(dir) * 1.1 / 1e6) + 16;
  await run(
    "mke2fs",
    ["-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-E", "root_owner=0:0"]
      .concat(["-F", "-d", dir, image, `${megabytes}M`]),
  );
  await Deno.remove(dir, { recursive: true });
}

/** Compiles the runner and the helper programs, statically: the guest needs no compiler. */
async function programs(): Promise<string> {
  const sources = [`${GUEST}/lab_init.c`];
  for await (const entry of Deno.readDir(`${SCENARIOS}/src`)) {
    if (entry.name.endsWith(".c")) sources.push(`${SCENARIOS}/src/${entry.name}`);
  }
  const recipe = await Promise.all(
    sources.sort().map(async (path) => [
      path.slice(REPOSITORY.length),
      await Deno.readTextFile(path),
    ]),
  );
  return await cached("programs", recipe, async (dir) => {
    for (const path of sources) {
      const program = path.split("/").pop()!.replace(/\.c$/, "");
      await run(
        "gcc",
        ["-O1", "-Wall", "-Wextra", "-static", "-pthread"]
          .concat(["-o", `${dir}/${program}`, path]),
      );
    }
  });
}

/** tests/kernel/ffi_check.ts in one file, and the objects it loads. */
async function ffiCheck(): Promise<string> {
  const output = await bundle("ffi_check");
  const objects = ["sample", "refused"];
  const folder = "scripts/testdata";
  const recipe = await Promise.all(
    objects.map((name) => Deno.readTextFile(`${REPOSITORY}${folder}/${name}.bpf.c`)),
  );
  return await cached("ffi", [output, ...recipe], async (dir) => {
    await Deno.writeTextFile(`${dir}/check.js`, output);
    for (const name of objects) {
      await compileBpf({
        source: `${folder}/${name}.bpf.c`,
        output: `${dir}/${name}.bpf.o`,
      });
    }
  });
}

/** tests/kernel/decide_check.ts in one file, and the cases it goes through. */
async function decisions(): Promise<string> {
  const [generator, check] = await Promise.all([bundle("decide_cases"), bundle("decide_check")]);
  const args = [String(DECISIONS.policies), String(DECISIONS.facts), String(DECISIONS.seed)];
  return await cached("decide", [generator, check, args], async (dir) => {
    await Deno.writeTextFile(`${dir}/generate.js`, generator!);
    await Deno.writeTextFile(`${dir}/check.js`, check!);
    await run(
      Deno.execPath(),
      ["run", "--allow-write", "--no-config", "--no-remote", `${dir}/generate.js`, dir, ...args],
    );
  });
}

async function bundle(name: string): Promise<string> {
  return await capture(
    Deno.execPath(),
    ["bundle", "--quiet", "--frozen", "--unstable-raw-imports", "--platform", "deno"]
      .concat(`${SCENARIOS}/${name}.ts`),
    { cwd: REPOSITORY },
  );
}

async function size(dir: string): Promise<number> {
  let sum = 0;
  for await (const entry of Deno.readDir(dir)) {
    const path = `${dir}/${entry.name}`;
    sum += entry.isDirectory ? await size(path) : (await Deno.lstat(path)).size + 4096;
  }
  return sum;
}
