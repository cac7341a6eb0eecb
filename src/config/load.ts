/**
 * Reads the configuration from where it is.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
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

/**
 * Reads the configuration file and works out the settings.
 *
 * @param flags The flags given, by name without dashes; `config` names the file.
 * @param env The environment; `LINPROV_CONFIG` names the file.
 * @param fallback The file when none is named; it may be missing.
 * @returns The settings.
 * @throws {UserError} If the file can't be read or something in it is wrong.
 */
export async function loadSettings(
  flags: ReadonlyMap<string, string>,
  env: (name: string) => string | undefined,
  fallback: string = DEFAULT_CONFIG,
): Promise<Loaded> {
  const named = flags.get("config") ?? (env("LINPROV_CONFIG") || undefined);
  const file = named ?? fallback;
  const text = await readConfig(file, named === undefined);
  const settings = resolveSettings({ text, file, env, flags });
  return { settings, file, found: text !== null };
}

async function readConfig(file: string, mayBeMissing: boolean): Promise<string | null> {
  const fail = (why: string, cause: unknown) =>
    new UserError(`cannot read the configuration ${file}`, why, { exit: ExitCode.config, cause });
  try {
    const bytes = await Deno.readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
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
