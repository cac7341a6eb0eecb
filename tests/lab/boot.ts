/**
 * Boots one guest with scenarios to run and listens to how they end.
 *
 * @module
 */

import type { Kernel } from "./kernels.ts";
import { type Result, Transcript, type Verdict } from "./outcome.ts";
import { makePayload, type PlanEntry } from "./payload.ts";
import type { Scenario } from "./scenario.ts";
import { Vm } from "./vm.ts";

/** Seconds a kernel may take to start PID 1. */
const UP_DEADLINE = 90;

/**
 * Starts of an emulated machine at most. Once in some hundred starts the emulator's clock or its
 * kernel doesn't get as far as PID 1 (a processor runs into what the other one patches: `Oops: int3`),
 * or the emulator aborts where the kernel moves a device's memory (QEMU 10.0, `iotlb_to_section`);
 * nothing of linprov runs yet. All that comes later counts.
 */
const STARTS = 2;

/** Seconds from there to the first scenario, with systemd too, and to the end after the last. */
const BOOT_DEADLINE = 400;

/** Seconds the host waits longer than the guest does. */
const GRACE = 60;

/** What one boot needs. */
export interface BootOptions {
  /** The kernel. */
  kernel: Kernel;
  /** What to run, in order. */
  scenarios: readonly (PlanEntry & Partial<Pick<Scenario, "boot" | "memory">>)[];
  /** Raw root image. */
  root: string;
  /** Folder for the console and what the guest reports; it must exist. */
  logs: string;
  /** CPUs of the guest, 2 unless given. */
  cpus?: number;
  /** Which boot of the same disk, from 1; the guest's writes are kept then. */
  number?: number;
  /** No more boots of this disk follow; the default. */
  last?: boolean;
  /** Count instructions, see `VmOptions.counting`. */
  counting?: boolean;
  /** More files for the payload: name in it to path here. */
  files?: Record<string, string>;
  /** More variables for the scenarios, see `VmOptions.variables`. */
  variables?: Record<string, string>;
  /** Called when a scenario has said how it ended. */
  onResult?: (result: Result) => void;
  /** Called with each line a scenario prints. */
  onOutput?: (line: string) => void;
}

/**
 * Boots a guest and waits until it has ended.
 *
 * @param options kernel, disk and scenarios
 * @returns how it went
 */
export async function boot(options: BootOptions): Promise<Verdict> {
  for (let start = 1;; start++) {
    const { unstarted, ...verdict } = await bootOnce(options);
    if (unstarted === undefined || start === STARTS) return verdict;
    const { kernel, logs } = options;
    console.error(`lab: a guest with ${kernel.name} did not start: ${unstarted}; once more`);
    await Deno.rename(`${logs}/${consoleOf(options)}`, `${logs}/${consoleOf(options)}.${start}`);
  }
}

function consoleOf({ number }: BootOptions): string {
  return number === undefined ? "console.log" : `console.${number}.log`;
}

async function bootOnce(options: BootOptions): Promise<Verdict & { unstarted?: string }> {
  const { kernel, scenarios, root, logs, number, last = true } = options;
  const suffix = number === undefined ? "" : `.${number}`;
  const payload = `${logs}/payload.ext4`;
  await makePayload(payload, { plan: scenarios, files: options.files ?? {} });
  const console = `${logs}/${consoleOf(options)}`;
  const transcript = new Transcript(scenarios.map((scenario) => scenario.name));
  let late: string | undefined;
  let aborted: string | undefined;
  {
    await using vm = new Vm({
      kernel,
      root,
      persistent: number !== undefined,
      payload,
      console,
      counting: options.counting ?? false,
      ...options.cpus === undefined ? {} : { cpus: options.cpus },
      ...scenarios[0]?.memory === undefined ? {} : { memory: scenarios[0].memory },
      variables: {
        ...options.variables,
        LAB_MODE: scenarios[0]?.boot === "systemd" ? "systemd" : "batch",
        LAB_BOOT: String(number ?? 1),
        ...last ? {} : { LAB_MORE_BOOTS: "1" },
      },
    });
    using results = await Deno.open(`${logs}/results${suffix}.log`, {
      create: true,
      write: true,
      truncate: true,
    });
    // Timers run on the monotonic clock. A counting guest's clock is several times slower.
    const patience = options.counting ? 20 : 1;
    const arm = () => {
      const scenario = scenarios.find((item) => item.name === transcript.current);
      const [allowed, what] = scenario
        ? [scenario.deadline + GRACE, `in ${scenario.name}`]
        : transcript.isUp
        ? [BOOT_DEADLINE, "outside of any scenario"]
        : [UP_DEADLINE, "from its kernel"];
      const seconds = allowed * patience;
      return setTimeout(() => {
        late = `no result within ${seconds} s ${what}`;
        vm.kill();
      }, seconds * 1000);
    };
    let timer = arm();
    let phase = "";
    for await (const line of vm.lines()) {
      await results.write(new TextEncoder().encode(line + "\n"));
      const result = transcript.line(line);
      if (result) options.onResult?.(result);
      if (line.startsWith("| ")) options.onOutput?.(line.slice(2));
      if (transcript.isCut) vm.kill();
      // Output is no progress: a scenario that talks for ever is late too.
      const now = `${transcript.isUp} ${transcript.current}`;
      if (phase === now && transcript.outcomes === 0) continue;
      phase = now;
      clearTimeout(timer);
      timer = arm();
    }
    clearTimeout(timer);
    const { signal } = await vm.ended;
    if (signal !== null && signal !== "SIGKILL") aborted = `the emulator ended by ${signal}`;
  }
  await Deno.remove(payload);
  const verdict = transcript.verdict(await Deno.readTextFile(console), late ?? aborted);
  // A guest that is up and slow is told of; what breaks before linprov runs isn't its fault.
  const early = transcript.isUp ? aborted : verdict.fault;
  const unstarted = transcript.hasBegun ? undefined : early;
  return { ...verdict, ...unstarted === undefined ? {} : { unstarted } };
}
