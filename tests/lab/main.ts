/**
 * The lab's command line for developers: named scenarios with all they print, a shell, the demo,
 * the soak test.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { boot, type BootOptions } from "./boot.ts";
import { rootWithLinprov } from "./installed.ts";
import { DEFAULT_KERNEL, kernel, type KernelName, KERNELS } from "./kernels.ts";
import { makePayload } from "./payload.ts";
import { ensureQemu } from "./qemu.ts";
import { LOGS, type Report, runScenarios } from "./run.ts";
import { Vm } from "./vm.ts";

/**
 * One line about a report.
 *
 * @param report what ended
 * @returns the line
 */
export function reportLine(report: Report): string {
  const verdict = report.ok ? "ok  " : "FAIL";
  const seconds = report.seconds.toFixed(1);
  return `${verdict} ${report.kernel.padEnd(4)} ${report.name} (${seconds} s)` +
    (report.why ? `: ${report.why}` : "");
}

/** Takes a kernel's name from the command line. */
function kernelName(text: string): KernelName {
  const name = KERNELS.find((known) => known === text);
  if (name) return name;
  console.error(`lab: no kernel ${text}: there are ${KERNELS.join(", ")}`);
  Deno.exit(2);
}

/** Minutes of a soak test, unless others are given. */
const SOAK_MINUTES = 10;

async function scenario(names: string[], kernels: readonly KernelName[]): Promise<boolean> {
  const reports = await runScenarios({
    names,
    kernels,
    // Settings of scenarios, as LAB_LOAD_SECONDS.
    variables: Object.fromEntries(
      Object.entries(Deno.env.toObject()).filter(([name]) => name.startsWith("LAB_")),
    ),
    onReport: (report) => {
      for (const line of report.output) console.log(`     ${line}`);
      console.log(reportLine(report));
      if (!report.ok) console.log(`     logs: ${report.logs}`);
    },
  });
  return reports.length > 0 && reports.every((report) => report.ok);
}

/** A shell on the guest's console; what is written there is gone afterwards. */
async function shell(name: KernelName): Promise<boolean> {
  await ensureQemu();
  const logs = await logFolder("shell");
  const payload = `${logs}/payload.ext4`;
  const size = Deno.stdout.isTerminal() ? Deno.consoleSize() : { rows: 24, columns: 80 };
  await makePayload(payload, {
    console: `#!/bin/bash
stty sane rows ${size.rows} cols ${size.columns}
export TERM='${(Deno.env.get("TERM") ?? "dumb").replaceAll("'", "")}'
ip addr replace 192.0.2.1/32 dev lo
echo
echo "Linux $(uname -r), root without a password. linprov is in /usr/local/bin, helpers are in"
echo "/lab/bin, scenarios in /lab/kernel. 192.0.2.1 is an address that counts as remote."
echo "'exit' powers off; nothing that is written here is kept."
echo
cd /root
exec bash -i
`,
  });
  {
    await using vm = new Vm({
      kernel: await kernel(name),
      root: await rootWithLinprov(),
      payload,
      console: `${logs}/console.log`,
      interactive: true,
      variables: { LAB_MODE: "console" },
    });
    await vm.ended;
  }
  await Deno.remove(payload);
  return true;
}

/** The demonstration, printed as it happens. */
async function demo(): Promise<boolean> {
  return await bootOne("demo", {
    kernel: await kernel(DEFAULT_KERNEL),
    scenarios: [{ name: "demo", deadline: 120 }],
    files: { "kernel/demo.sh": new URL("demo.sh", import.meta.url).pathname },
  });
}

/** Random activity with faults for a while, reported as it ends; the seed makes it repeatable. */
async function soak(minutes: number, name: KernelName, seed: number): Promise<boolean> {
  console.error(`lab: soak test on ${name} for ${minutes} minutes, seed ${seed}`);
  const seconds = Math.round(minutes * 60);
  return await bootOne("soak test", {
    kernel: await kernel(name),
    scenarios: [{ name: "65_soak", deadline: seconds + 900 }],
    variables: { LAB_SOAK_SECONDS: String(seconds), LAB_SOAK_SEED: String(seed) },
  });
}

/** Boots with one scenario and prints what it prints. */
async function bootOne(
  what: string,
  options: Omit<BootOptions, "root" | "logs" | "onOutput">,
): Promise<boolean> {
  await ensureQemu();
  const logs = await logFolder(what.replace(" ", "-"));
  const root = await rootWithLinprov();
  const verdict = await boot({ ...options, root, logs, onOutput: (line) => console.log(line) });
  if (verdict.results[0]?.ok && !verdict.fault) return true;
  const why = verdict.fault ?? verdict.results[0]?.why ?? "see above";
  console.error(`lab: the ${what} failed: ${why}; logs: ${logs}`);
  return false;
}

async function logFolder(name: string): Promise<string> {
  const dir = `${LOGS}${name}`;
  await Deno.mkdir(dir, { recursive: true });
  return dir;
}

async function main(command: string | undefined, rest: string[]): Promise<boolean> {
  const args = parseArgs(rest, { string: ["kernel", "seed", "_"], collect: ["kernel"] });
  const names = args._.map(String);
  const kernels = (args.kernel as string[]).map(kernelName);
  switch (command) {
    case "scenario":
      return await scenario(names, kernels.length ? kernels : KERNELS);
    case "shell":
      return await shell(kernelName(names[0] ?? DEFAULT_KERNEL));
    case "demo":
      return await demo();
    case "soak-test": {
      const minutes = Number(names[0] ?? SOAK_MINUTES);
      const seed = Number(args.seed ?? Date.now() % 1e6);
      if (!(minutes > 0) || !Number.isInteger(seed)) {
        console.error("lab: soak-test takes a number of minutes, and a whole number as its seed");
        return false;
      }
      return await soak(minutes, kernels[0] ?? DEFAULT_KERNEL, seed);
    }
    default:
      console.error(`lab: no command ${command}: there are scenario, shell, demo and soak-test`);
      return false;
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args[0], Deno.args.slice(1)) ? 0 : 1);
  } catch (error) {
    console.error(`lab: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
