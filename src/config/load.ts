/**
 * Reads the configuration from where it is.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import { readSafely } from "../host/safe_file.ts";
import { resolveSettings } from "./resolve.ts";
import { DEFAULT_CONFIG, type Settings } from "./settings.ts";

/** Settings and the file they came from. */
export interface Loaded {
  /** The settings. */
  settings: Settings;
  /** The configuration file. */
  file: string;
  /** Whether it exists. */
  found: boolean;
}

/** What else was said. */
export interface LoadOptions {
  /** The file when none is named; it may be missing. */
  fallback?: string;
  /** Guards given as flags: `NAME=PERMISSION`. */
  guards?: readonly string[];
  /** Detectors given as flags: their names. */
  detectors?: readonly string[];
}

/**
 * Reads the configuration file and works out the settings.
 *
 * @param flags The flags given, by name without dashes; `config` names the file.
 * @param env The environment; `LINPROV_CONFIG` names the file.
 * @param options What else was said.
 * @returns The settings.
 * @throws {UserError} If the file can't be read, isn't safe from others, or something in it is wrong.
 */
export async function loadSettings(
  flags: ReadonlyMap<string, string>,
  env: (name: string) => string | undefined,
  { fallback = DEFAULT_CONFIG, guards = [], detectors = [] }: LoadOptions = {},
): Promise<Loaded> {
  const named = flags.get("config") ?? (env("LINPROV_CONFIG") || undefined);
  const file = named ?? fallback;
  const text = await readConfig(file, named === undefined);
  const settings = resolveSettings({ text, file, env, flags, guards, detectors });
  return { settings, file, found: text !== null };
}

async function readConfig(file: string, mayBeMissing: boolean): Promise<string | null> {
  const exit = ExitCode.config;
  const fail = (why: string, cause: unknown) =>
    new UserError(`cannot read the configuration ${file}`, why, { exit, cause });
  try {
    const { bytes, unsafe } = await readSafely(file);
    if (unsafe) {
      const { why, hint } = unsafe;
      throw new UserError(`cannot use the configuration ${file}`, why, { exit, hint });
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Deno.errors.NotFound) {
      if (mayBeMissing) return null;
      throw fail("no such file", error);
    }
    if (error instanceof TypeError) throw fail("it is not UTF-8 text", error);
    if (error instanceof Deno.errors.PermissionDenied) throw fail("permission denied", error);
    if (error instanceof Deno.errors.IsADirectory) throw fail("it is a folder", error);
    if (error instanceof Error) throw fail(error.message, error);
    throw error;
  }
}
