/**
 * Boots one guest with scenarios to run and listens to how they end.
 *
 * @module
 */

import type { Kernel } from "./kernels.ts";
import { type Result, Transcript, type Verdict } from "./outcome.ts";
import { makePayload, type PlanEntry } from "./payload.ts";
import { Vm } from "./vm.ts";

/** Seconds a guest may take to its first scenario, with systemd too, and to end after the last. */
const BOOT_DEADLINE = 400;

/** Seconds the host waits longer than the guest does. */
const GRACE = 60;

/** What one boot needs. */
export interface BootOptions {
  /** The kernel. */
  kernel: Kernel;
  /** What to run, in order. */
  scenarios: readonly (PlanEntry & { boot?: "shared" | "own" | "systemd" })[];
  /** Raw root image. */
  root: string;
  /** Folder for the console and what the guest reports; it must exist. */
  logs: string;
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
  const { kernel, scenarios, root, logs, number, last = true } = options;
  const suffix = number === undefined ? "" : `.${number}`;
  const payload = `${logs}/payload.ext4`;
  await makePayload(payload, { plan: scenarios, files: options.files ?? {} });
  const console = `${logs}/console${suffix}.log`;
  const transcript = new Transcript(scenarios.map((scenario) => scenario.name));
  let late: string | undefined;
  {
    await using vm = new Vm({
      kernel,
      root,
      persistent: number !== undefined,
      payload,
      console,
      counting: options.counting ?? false,
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
      const seconds = (scenario ? scenario.deadline + GRACE : BOOT_DEADLINE) * patience;
      const what = scenario ? `in ${scenario.name}` : "outside of any scenario";
      return setTimeout(() => {
        late = `no result within ${seconds} s ${what}`;
        vm.kill();
      }, seconds * 1000);
    };
    let timer = arm();
    let current = transcript.current;
    for await (const line of vm.lines()) {
      await results.write(new TextEncoder().encode(line + "\n"));
      const result = transcript.line(line);
      if (result) options.onResult?.(result);
      if (line.startsWith("| ")) options.onOutput?.(line.slice(2));
      // Output is no progress: a scenario that talks for ever is late too.
      if (transcript.current === current && transcript.outcomes === 0) continue;
      current = transcript.current;
      clearTimeout(timer);
      timer = arm();
    }
    clearTimeout(timer);
    await vm.ended;
  }
  await Deno.remove(payload);
  return transcript.verdict(await Deno.readTextFile(console), late);
}
