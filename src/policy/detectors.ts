/**
 * Detectors: what programs do, told and never refused. What they are called,
 * and what may be said of them.
 *
 * @module
 */

import type { ByteString } from "./bytes.ts";
import { requireExecutables, requireForm } from "./_forms.ts";
import { unknownName } from "./suggest.ts";

/** The acts that each detector tells of; the order is that of the numbers in bpf/wire.h. */
const ACTS = {
  "exec": ["executed"],
  "replaced": ["deleted", "replaced", "moved"],
  "proc-mem": ["proc_mem", "process_vm_writev"],
  "mprotect": ["written", "writable"],
} as const satisfies Record<string, readonly string[]>;

/** The name of a detector. */
export type DetectorName = keyof typeof ACTS;

/** All detectors. */
export const DETECTOR_NAMES = Object.keys(ACTS) as readonly DetectorName[];

/** What may be said of only some detectors, and what holds without it. */
const OPTIONS = {
  "exec": { arguments: true, environment: [] as readonly string[], hash: false },
  "replaced": {},
  "proc-mem": {},
  "mprotect": {},
} as const satisfies Record<DetectorName, object>;

/** A detector that is on. */
export interface DetectorSetting {
  name: DetectorName;
  /** Executables that it is silent about: full paths on the host. */
  allow: readonly ByteString[];
  /** Of `exec`: arguments are told. */
  arguments: boolean;
  /** Of `exec`: the names of the variables that are told. */
  environment: readonly string[];
  /** Of `exec`: the SHA-256 of what is executed is told. */
  hash: boolean;
}

/** A detector as it is written down. */
export type DetectorText = Partial<Omit<DetectorSetting, "name">>;

/** Variables that can be asked for. */
const MOST_VARIABLES = 64;

/** Bytes of a name that the kernel compares. */
const NAME_BYTES = 31;

/**
 * The acts that a detector tells of.
 *
 * @param name The detector.
 * @returns What they are called; the position is the kernel's number.
 */
export function detectorActs(name: DetectorName): readonly string[] {
  return ACTS[name];
}

/**
 * What may stand below a detector in the configuration.
 *
 * @param name The detector.
 */
export function detectorKeys(name: DetectorName): readonly (keyof DetectorText)[] {
  return ["allow", ...Object.keys(OPTIONS[name]) as (keyof DetectorText)[]];
}

/**
 * Finds a detector by its name.
 *
 * @param text What was written.
 * @returns The name.
 * @throws {SyntaxError} When there is none; the message names those there are.
 */
export function findDetector(text: string): DetectorName {
  const found = DETECTOR_NAMES.find((name) => name === text);
  if (found) return found;
  throw new SyntaxError(unknownName("detector", text, DETECTOR_NAMES));
}

/**
 * Checks what was written of a detector.
 *
 * @param name The detector.
 * @param text What was written.
 * @returns The setting.
 * @throws {SyntaxError} On what is no path or no name of a variable, and on too many of these.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readDetector("exec", { hash: true }), {
 *   name: "exec",
 *   allow: [],
 *   arguments: true,
 *   environment: [],
 *   hash: true,
 * });
 * ```
 */
export function readDetector(name: DetectorName, text: DetectorText = {}): DetectorSetting {
  const { allow = [], environment = [] } = text;
  requireExecutables(allow);
  requireForm(environment, /^[A-Za-z_][A-Za-z0-9_]*$/, "no name of a variable");
  requireForm(environment, new RegExp(`^.{1,${NAME_BYTES}}$`), `longer than ${NAME_BYTES} bytes`);
  const names = [...new Set(environment)];
  if (names.length > MOST_VARIABLES) {
    throw new SyntaxError(`more than ${MOST_VARIABLES} variables can't be told`);
  }
  const defaults = { arguments: false, hash: false, ...OPTIONS[name] };
  return {
    name,
    allow: [...new Set(allow)],
    arguments: text.arguments ?? defaults.arguments,
    environment: names,
    hash: text.hash ?? defaults.hash,
  };
}

/**
 * Adds detectors of the command line to those of the configuration.
 *
 * @param detectors Those of the configuration.
 * @param flags The names of more.
 * @returns All that are on, in their order.
 * @throws {SyntaxError} On a name that isn't known.
 */
export function withDetectorFlags(
  detectors: readonly DetectorSetting[],
  flags: readonly string[],
): DetectorSetting[] {
  const all = new Map(detectors.map((detector) => [detector.name, detector]));
  for (const flag of flags) {
    const name = findDetector(flag);
    if (!all.has(name)) all.set(name, readDetector(name));
  }
  return DETECTOR_NAMES.flatMap((name) => all.get(name) ?? []);
}
