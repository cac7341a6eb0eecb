/**
 * The lab's command line for developers: named scenarios, with all they print.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { type KernelName, KERNELS } from "./kernels.ts";
import { type Report, runScenarios } from "./run.ts";

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

async function scenario(names: string[], kernels: readonly KernelName[]): Promise<boolean> {
  const reports = await runScenarios({
    names,
    kernels,
    onReport: (report) => {
      for (const line of report.output) console.log(`     ${line}`);
      console.log(reportLine(report));
      if (!report.ok) console.log(`     logs: ${report.logs}`);
    },
  });
  return reports.length > 0 && reports.every((report) => report.ok);
}

if (import.meta.main) {
  const [command, ...rest] = Deno.args;
  const args = parseArgs(rest, { string: ["kernel", "_"], collect: ["kernel"] });
  const names = args._.map(String);
  const kernels = args.kernel as string[];
  switch (command) {
    case "scenario":
      Deno.exit(await scenario(names, kernels.length ? kernels.map(kernelName) : KERNELS) ? 0 : 1);
      break;
    default:
      console.error(`lab: no command ${command}`);
      Deno.exit(2);
  }
}
