/**
 * What the kernel's command line says about linprov. It wins over everything:
 * whoever can change it has the machine in hand, and needs it for rescue.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";
import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import type { Settings } from "./settings.ts";

/** Values of `linprov.mode=`. */
export type RescueMode = "off" | "observe";

/**
 * Reads the kernel's command line.
 *
 * @param commandLine The text of `/proc/cmdline`.
 * @returns The last `linprov.mode=` with a value that means something; null without one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rescueMode("ro quiet linprov.mode=observe"), "observe");
 * assertEquals(rescueMode("ro quiet"), null);
 * ```
 */
export function rescueMode(commandLine: string): RescueMode | null {
  let mode: RescueMode | null = null;
  for (const word of commandLine.split(/\s+/)) {
    if (word === "linprov.mode=off") mode = "off";
    if (word === "linprov.mode=observe") mode = "observe";
  }
  return mode;
}

/** What this machine's command line says. */
export function readRescueMode(): RescueMode | null {
  return rescueMode(new TextDecoder().decode(readFile("/proc/cmdline")));
}

/**
 * The settings under what the command line says.
 *
 * @param settings Those of the configuration and the flags.
 * @param mode What {@linkcode rescueMode} found.
 * @returns The settings to run with.
 * @throws {UserError} When linprov is switched off.
 */
export function rescued(settings: Settings, mode: RescueMode | null): Settings {
  if (mode === null) return settings;
  // Soak refuses nothing either.
  if (mode === "observe") return settings.mode === "enforce" ? { ...settings, mode } : settings;
  throw new UserError("cannot run", "linprov.mode=off is on the kernel's command line", {
    exit: ExitCode.host,
    hint: "reboot without it",
  });
}
