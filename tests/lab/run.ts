/**
 * Runs scenarios in guests, some at a time.
 *
 * @module
 */

import { rootWithLinprov } from "./installed.ts";
import { type Kernel, kernel, type KernelName, KERNELS } from "./kernels.ts";
import { boot, type BootOptions } from "./boot.ts";
import type { Result, Verdict } from "./outcome.ts";
import { run } from "./process.ts";
import { ensureQemu } from "./qemu.ts";
import { allScenarios, type Scenario } from "./scenario.ts";

/** Guests at a time: one more than two processors have work for, because guests wait now and then for
 * their kernel. */
const GUESTS = 3;

/** Weight of the scenarios in one boot: enough to pay for the boot, little enough to share the work. */
const BATCH = 60;

/** Where guests' consoles and reports are kept until the next run. */
export const LOGS = new URL("../../build/lab/", import.meta.url).pathname;

/** How a scenario ended on a kernel. */
export interface Report extends Result {
  /** Which kernel. */
  kernel: KernelName;
  /** Folder with the guest's console and what it reported. */
  logs: string;
}

/** What to run. */
export interface RunOptions {
  /** Scenarios by name; all by default. */
  names?: readonly string[];
  /** Kernels; all by default. */
  kernels?: readonly KernelName[];
  /** Leave out what only the full gate runs. */
  gate?: boolean;
  /** More variables for the scenarios, see `VmOptions.variables`. */
  variables?: Record<string, string>;
  /** Called when a scenario has ended. */
  onReport?: (report: Report) => void;
}

/** A report about what no scenario answers for. */
const BROKEN: Result = { name: "(boot)", ok: false, seconds: 0, output: [] };

/** Scenarios that share a boot. */
interface Job {
  kernel: Kernel;
  scenarios: Scenario[];
  cpus: number;
}

/**
 * Runs scenarios on kernels.
 *
 * @param options which, and where
 * @returns a report for each pair, and one more for each boot that went wrong as a whole
 * @throws {Error} if a scenario doesn't exist, or the lab can't be set up
 */
export async function runScenarios(options: RunOptions = {}): Promise<Report[]> {
  const scenarios = await allScenarios();
  const { names = scenarios.map((scenario) => scenario.name) } = options;
  for (const name of names) {
    if (!scenarios.some((scenario) => scenario.name === name)) {
      throw new Error(`Cannot run scenario ${name}: there is no tests/kernel/${name}.sh`);
    }
  }
  const chosen = scenarios.filter((scenario) => names.includes(scenario.name));
  await Deno.mkdir(LOGS, { recursive: true });
  // Two runs in one clone would overwrite each other's logs.
  using lock = await Deno.open(`${LOGS}.lock`, { create: true, write: true });
  if (!await lock.tryLock(true)) {
    console.error("lab: waiting for another run in this folder to end");
    await lock.lock(true);
  }
  await ensureQemu();
  const root = await rootWithLinprov();
  const jobs: Job[] = [];
  for (const name of options.kernels ?? KERNELS) {
    const here = chosen.filter(({ kernels, gate }) =>
      (options.gate ? gate : kernels).includes(name)
    );
    // Two CPUs that wait for each other cost the machine a quarter more: in the plain gate only those
    // scenarios have them that need them.
    jobs.push(...jobsFor(await kernel(name), here, ({ cpus }) => options.gate ? cpus : 2));
  }
  // The longest first, so that the last guest doesn't run alone for long.
  jobs.sort((a, b) => weight(b) - weight(a));
  const reports: Report[] = [];
  const report = (item: Report) => {
    reports.push(item);
    options.onReport?.(item);
  };
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      try {
        await runJob(job, { root, variables: options.variables ?? {} }, report);
      } catch (error) {
        // The other guest goes on; what this job still owed has failed.
        const why = error instanceof Error ? error.message : String(error);
        const seen = reports.filter((item) => item.kernel === job!.kernel.name);
        for (const { name } of job.scenarios) {
          if (seen.some((item) => item.name === name)) continue;
          report({ ...BROKEN, name, why, kernel: job.kernel.name, logs: LOGS });
        }
      }
    }
  };
  await Promise.all(Array.from({ length: GUESTS }, worker));
  return reports;
}

function jobsFor(
  kernel: Kernel,
  here: readonly Scenario[],
  cpusOf: (scenario: Scenario) => number,
): Job[] {
  const jobs = here.filter((scenario) => scenario.boot !== "shared")
    .map((scenario): Job => ({ kernel, scenarios: [scenario], cpus: cpusOf(scenario) }));
  // Those that share a daemon stand together.
  const shared = here.filter((scenario) => scenario.boot === "shared")
    .sort((a, b) => Number(b.keepsDaemon) - Number(a.keepsDaemon));
  for (const [cpus, alike] of Map.groupBy(shared, cpusOf)) {
    let job: Job | undefined;
    for (const scenario of alike) {
      if (!job || weight(job) + scenario.weight > BATCH) {
        jobs.push(job = { kernel, scenarios: [], cpus });
      }
      job.scenarios.push(scenario);
    }
  }
  return jobs;
}

function weight(job: Job): number {
  return job.scenarios.reduce((sum, { weight }) => sum + weight, 0);
}

/** What all guests of a run have in common. */
type Common = Pick<BootOptions, "root"> & { variables: Record<string, string> };

/** Runs a job; scenarios that a broken boot left out get another one. */
async function runJob(job: Job, common: Common, report: (item: Report) => void): Promise<void> {
  const { kernel, cpus } = job;
  let left = job.scenarios;
  while (left.length) {
    const first = left[0]!;
    const logs = `${LOGS}${kernel.name}/${first.name}`;
    await Deno.remove(logs, { recursive: true }).catch(() => {});
    await Deno.mkdir(logs, { recursive: true });
    const given = new Set<string>();
    const give = (result: Result) => {
      given.add(result.name);
      report({ ...result, kernel: kernel.name, logs });
    };
    const verdict = first.reboots
      ? await bootRepeatedly(first, job, common, logs)
      : await boot({ ...common, kernel, cpus, scenarios: left, logs, onResult: give });
    verdict.results.filter(({ name }) => !given.has(name)).forEach(give);
    if (verdict.fault) give({ ...BROKEN, why: verdict.fault });
    const missing = left.filter(({ name }) => verdict.missing.includes(name));
    if (missing.length === left.length) {
      for (const { name } of missing) give({ ...BROKEN, name, why: "the guest never came to it" });
      return;
    }
    left = missing;
  }
}

/** Boots one scenario several times from the same disk; all its boots must be good. */
async function bootRepeatedly(
  scenario: Scenario,
  { kernel, cpus }: Job,
  { root, variables }: Common,
  logs: string,
): Promise<Verdict> {
  const disk = `${logs}/root.ext4`;
  await run("cp", ["--sparse=always", root, disk]);
  const total: Result = { name: scenario.name, ok: true, seconds: 0, output: [] };
  for (let number = 1; number <= scenario.reboots + 1; number++) {
    const verdict = await boot({
      kernel,
      cpus,
      scenarios: [scenario],
      root: disk,
      variables,
      logs,
      number,
      last: number > scenario.reboots,
    });
    const result = verdict.results[0];
    total.output.push(`--- boot ${number}`, ...result?.output ?? []);
    total.seconds += result?.seconds ?? 0;
    total.ok = verdict.results.length === 1 && result!.ok && verdict.fault === undefined;
    if (!total.ok) {
      const why = verdict.fault ?? result?.why ?? "the scenario failed";
      total.why = `boot ${number}: ${why}`;
      break;
    }
  }
  await Deno.remove(disk);
  return { results: [total], missing: [], dirty: false };
}
