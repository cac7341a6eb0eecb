/**
 * The scenarios in tests/kernel and what their headers ask for.
 *
 * @module
 */

import { type KernelName, KERNELS } from "./kernels.ts";

const SCENARIOS = new URL("../kernel/", import.meta.url);

/** A scenario file. */
export interface Scenario {
  /** File name without `.sh`. */
  name: string;
  /** Seconds it may take. */
  deadline: number;
  /** Shares a boot with others, has one of its own, or one under systemd. */
  boot: "shared" | "own" | "systemd";
  /** MiB of memory that its own guest has, if it needs more than others. */
  memory?: number;
  /** It needs two CPUs, because what it shows happens at the same time. */
  cpus: 1 | 2;
  /** How often the same disk is booted again. */
  reboots: number;
  /** How many of the shortest ones it takes as long as, about: the heaviest boots begin first. */
  weight: number;
  /** Its daemon may be one that the scenario before it has used, and goes on to the next. */
  keepsDaemon: boolean;
  /** The kernels it runs on. */
  kernels: readonly KernelName[];
  /** Why it doesn't run on all of them. */
  kernelsReason?: string;
  /** Those of them that the plain gate runs it on; the full one takes all. */
  gate: readonly KernelName[];
  /** The cases of docs/threats.toml that it shows. */
  cases: readonly string[];
}

/**
 * Reads a scenario's header.
 *
 * @param name its file name without `.sh`
 * @param text the file
 * @returns what it asks for
 * @throws {SyntaxError} if a header has a value that means nothing
 */
export function parseScenario(name: string, text: string): Scenario {
  const headers = new Map<string, string>();
  for (
    const [, key, value] of text.matchAll(
      /^# (deadline|boot|memory|cpus|reboots|weight|daemon|kernels|gate): *(.*)$/gm,
    )
  ) {
    headers.set(key!, value!.trim());
  }
  const bad = (key: string) =>
    new SyntaxError(`Cannot use scenario ${name}: '# ${key}: ${headers.get(key)}'`);
  const number = (key: string, fallback: number) => {
    const value = headers.get(key) ?? String(fallback);
    if (!/^\d+$/.test(value)) throw bad(key);
    return Number(value);
  };
  const reboots = number("reboots", 0);
  const boot = headers.get("boot") ?? (reboots ? "own" : "shared");
  if (boot !== "shared" && boot !== "own" && boot !== "systemd") throw bad("boot");
  if (boot === "shared" && reboots) throw bad("boot");
  const memory = headers.has("memory") ? number("memory", 0) : undefined;
  if (memory !== undefined && boot === "shared") throw bad("memory");
  const cpus = number("cpus", 1);
  if (cpus !== 1 && cpus !== 2) throw bad("cpus");
  const daemon = headers.get("daemon");
  if (daemon !== undefined && (daemon !== "kept" || boot !== "shared")) throw bad("daemon");
  const kernels = headers.get("kernels");
  const [list = "", reason] = kernels?.split(" -- ") ?? [KERNELS.join(" "), "all"];
  const names = list.trim().split(/\s+/);
  if (!reason || !names.every(isKernelName)) throw bad("kernels");
  const gate = headers.get("gate") ?? names.join(" ");
  const gated = gate === "none" ? [] : gate.split(/\s+/);
  if (!gated.every((item) => isKernelName(item) && names.includes(item))) throw bad("gate");
  return {
    name,
    deadline: number("deadline", 900),
    boot,
    ...memory === undefined ? {} : { memory },
    cpus,
    reboots,
    weight: number("weight", 1 + reboots),
    keepsDaemon: daemon === "kept",
    kernels: names,
    ...kernels === undefined ? {} : { kernelsReason: reason },
    gate: gated as KernelName[],
    cases: [...text.matchAll(/^# case: *(.*)$/gm)].flatMap(([, ids]) => ids!.trim().split(/\s+/)),
  };
}

function isKernelName(name: string): name is KernelName {
  return KERNELS.some((kernel) => kernel === name);
}

/**
 * Reads all scenarios.
 *
 * @returns them in order of their names
 */
export async function allScenarios(): Promise<Scenario[]> {
  const scenarios = [];
  for await (const entry of Deno.readDir(SCENARIOS)) {
    if (!entry.name.endsWith(".sh") || entry.name === "lib.sh") continue;
    const text = await Deno.readTextFile(new URL(entry.name, SCENARIOS));
    scenarios.push(parseScenario(entry.name.slice(0, -3), text));
  }
  return scenarios.sort((a, b) => a.name < b.name ? -1 : 1);
}
