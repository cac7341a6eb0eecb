/**
 * The gate: static checks, unit tests, the build, and scenarios on every kernel; with `--full` all
 * of them on all of theirs. The last line it prints is `N passed, N failed`.
 *
 * @module
 */

import { reportLine } from "./lab/main.ts";
import { runScenarios } from "./lab/run.ts";
import { allScenarios } from "./lab/scenario.ts";
import { KERNELS } from "./lab/kernels.ts";
import { parseTestSummary } from "./test_summary.ts";

/** What one part of the gate came to. */
interface Tally {
  passed: number;
  failed: number;
}

const ROOT = new URL("..", import.meta.url).pathname;

/** Runs deno; prints its output only if it fails. */
async function deno(args: string[]): Promise<{ ok: boolean; output: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { ok: success, output: decoder.decode(stderr) + decoder.decode(stdout) };
}

async function check(name: string, args: string[]): Promise<Tally> {
  const { ok, output } = await deno(args);
  if (!ok) console.log(output.trimEnd());
  console.log(`${ok ? "ok  " : "FAIL"} ${name}`);
  return { passed: Number(ok), failed: Number(!ok) };
}

/** Their types, and those of examples, are what the check is for. */
async function unitTests(): Promise<Tally> {
  const { ok, output } = await deno(["test", "--doc", "--no-check", "--frozen", "--allow-all"]);
  const summary = parseTestSummary(output);
  if (!ok || summary.ignored) console.log(output.trimEnd());
  // A test that is ignored proves nothing; one that can't be loaded isn't counted by deno.
  const failed = summary.failed + summary.ignored;
  const tally = { passed: summary.passed, failed: ok ? failed : Math.max(1, failed) };
  const good = tally.failed === 0 && tally.passed > 0;
  console.log(
    `${good ? "ok  " : "FAIL"} unit tests: ${tally.passed} passed, ${tally.failed} failed`,
  );
  return tally;
}

async function scenarios(full: boolean): Promise<Tally> {
  for (const { name, kernels, kernelsReason, gate } of await allScenarios()) {
    if (kernelsReason) console.log(`only ${kernels.join(", ")}: ${name}: ${kernelsReason}`);
    const left = full ? [] : kernels.filter((kernel) => !gate.includes(kernel));
    if (left.length) console.log(`left to test --full: ${name} on ${left.join(", ")}`);
  }
  const reports = await runScenarios({
    gate: !full,
    onReport: (report) => {
      if (!report.ok) {
        for (const line of report.output.slice(-40)) console.log(`     ${line}`);
      }
      console.log(reportLine(report));
      if (!report.ok) console.log(`     the guest's console: ${report.logs}`);
    },
  });
  const failed = reports.filter((report) => !report.ok).length;
  return { passed: reports.length - failed, failed };
}

/** Counts every scenario as failed, for a reason that isn't theirs. */
async function scenariosNotRun(full: boolean, why: string): Promise<Tally> {
  const all = await allScenarios();
  const failed = all.reduce((sum, { kernels, gate }) => sum + (full ? kernels : gate).length, 0);
  console.log(`FAIL ${failed} scenarios on ${KERNELS.join(", ")} not run: ${why}`);
  return { passed: 0, failed };
}

async function gate(full: boolean): Promise<Tally[]> {
  const tallies = await Promise.all([
    check("deno fmt", ["fmt", "--check"]),
    check("deno lint", ["lint"]),
    // Before the build, which would write the layout anew.
    check("layout of the BPF object", [
      ...["run", "--frozen", "--allow-all", "scripts/build_bpf.ts", "--check"],
    ]),
    check("cases and scenarios of the threat model", [
      ...["run", "--frozen", "--allow-all", "scripts/threat_model.ts", "--check"],
    ]),
  ]);
  const build = await check("build", ["task", "build"]);
  tallies.push(build);
  if (build.failed) return [...tallies, await scenariosNotRun(full, "there is no ./linprov")];
  // Guests often wait, and then these have the processors. The sources import the built object, and
  // some tests start ./linprov.
  const aside = (async () => [
    await check("deno check", ["check", "--frozen", "--doc", "."]),
    await unitTests(),
  ])();
  const inGuests = scenarios(full).catch((error) =>
    scenariosNotRun(full, error instanceof Error ? error.message : String(error))
  );
  return [...tallies, ...await aside, await inGuests];
}

if (import.meta.main) {
  const [option, ...rest] = Deno.args;
  if (rest.length || (option !== undefined && option !== "--full")) {
    console.error(
      `cannot run the gate with '${Deno.args.join(" ")}': there is --full, and no more`,
    );
    Deno.exit(2);
  }
  const tallies = await gate(option === "--full");
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  // A part of the gate that ran nothing is no success.
  const hollow = tallies.some((tally) => tally.passed === 0);
  Deno.exit(sum("failed") === 0 && !hollow ? 0 : 1);
}
