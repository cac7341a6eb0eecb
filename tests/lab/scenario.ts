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
  /** How often the same disk is booted again. */
  reboots: number;
  /** The kernels it runs on. */
  kernels: readonly KernelName[];
  /** Why it doesn't run on all of them. */
  kernelsReason?: string;
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
  for (const [, key, value] of text.matchAll(/^# (deadline|boot|reboots|kernels): *(.*)$/gm)) {
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
  const scenario: Scenario = {
    name,
    deadline: number("deadline", 900),
    boot,
    reboots,
    kernels: KERNELS,
    cases: [...text.matchAll(/^# case: *(.*)$/gm)].flatMap(([, ids]) => ids!.trim().split(/\s+/)),
  };
  const kernels = headers.get("kernels");
  if (kernels === undefined) return scenario;
  const [list = "", reason] = kernels.split(" -- ");
  const names = list.trim().split(/\s+/);
  if (!reason || !names.every((item) => KERNELS.includes(item as KernelName))) throw bad("kernels");
  return { ...scenario, kernels: names as KernelName[], kernelsReason: reason };
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
