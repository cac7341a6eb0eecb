/**
 * From a configuration file's text, the environment and the flags to settings:
 * all of them or an error, never a part.
 *
 * @module
 */

import { parse } from "@std/toml";
import * as v from "valibot";
import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import { withDetectorFlags } from "../policy/detectors.ts";
import { withGuardFlags } from "../policy/guards.ts";
import { didYouMean } from "../policy/suggest.ts";
import { type Key, KEYS } from "./keys.ts";
import { DEFAULTS, type Settings } from "./settings.ts";
import { type Place, places } from "./toml_places.ts";

/** Where settings come from, the strongest last. */
export interface Sources {
  /** The configuration file's text; null if there is none. */
  text: string | null;
  /** Its path, for messages. */
  file: string;
  /** The environment. */
  env: (name: string) => string | undefined;
  /** The flags given, by name without dashes; flags that are no setting are left alone. */
  flags: ReadonlyMap<string, string>;
  /** Guards given as flags: `NAME=PERMISSION`. */
  guards?: readonly string[];
  /** Detectors given as flags: their names. */
  detectors?: readonly string[];
}

/**
 * Works out the settings.
 *
 * @param sources Where they come from.
 * @returns Complete and checked settings.
 * @throws {UserError} On the first mistake: exit code 2 in a flag, 3 elsewhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const settings = resolveSettings({
 *   text: 'mode = "enforce"',
 *   file: "config.toml",
 *   env: () => undefined,
 *   flags: new Map([["log-level", "debug"]]),
 * });
 * assertEquals([settings.mode, settings.logLevel], ["enforce", "debug"]);
 * ```
 */
export function resolveSettings(sources: Sources): Settings {
  const written = sources.text === null ? {} : readFile(sources.text, sources.file);
  const settings: Record<string, unknown> = { ...DEFAULTS };
  for (const key of KEYS) {
    const value = fromFlag(key, sources) ?? fromEnv(key, sources) ?? written[key.name];
    if (value !== undefined) settings[key.setting] = value.setting;
  }
  const all = settings as unknown as Settings;
  return {
    ...all,
    guards: inFlag("guard", () => withGuardFlags(all.guards, sources.guards ?? [])),
    detectors: inFlag("detect", () => withDetectorFlags(all.detectors, sources.detectors ?? [])),
  };
}

function inFlag<T>(flag: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError("cannot understand the command line", `--${flag}: ${error.message}`, {
      exit: ExitCode.usage,
    });
  }
}

/** Wrapped, so that a setting may be null or undefined and still have been set. */
interface Found {
  setting: unknown;
}

function fromFlag(key: Key, { flags }: Sources): Found | undefined {
  const name = key.name.replaceAll("_", "-");
  const text = key.flag ? flags.get(name) : undefined;
  if (text === undefined) return undefined;
  return check(
    key,
    key.fromText(text),
    (why) =>
      new UserError("cannot understand the command line", `--${name}: ${why}`, {
        exit: ExitCode.usage,
      }),
  );
}

function fromEnv(key: Key, { env }: Sources): Found | undefined {
  // An empty variable is how one is unset in unit files.
  const text = key.env && env(key.env);
  if (!text) return undefined;
  return check(
    key,
    key.fromText(text),
    (why) =>
      new UserError("cannot use the environment", `${key.env}: ${why}`, { exit: ExitCode.config }),
  );
}

function check(key: Key, value: unknown, fail: (why: string, below: string[]) => UserError): Found {
  const result = v.safeParse(key.schema, value, { abortEarly: true });
  if (result.success) return { setting: result.output };
  const issue = result.issues[0];
  const below = (issue.path ?? []).map(({ key }) => key).filter((key) => typeof key === "string");
  throw fail(issue.message, below);
}

function readFile(text: string, file: string): Record<string, Found> {
  const fail = (place: Place | undefined, why: string, hint?: string) => {
    const where = place ? `line ${place.line}: ` : "";
    return new UserError(`cannot use the configuration ${file}`, where + why, {
      exit: ExitCode.config,
      hint,
    });
  };
  const table = parseToml(text, fail);
  const found = places(text);
  const placeOf = (...path: string[]) =>
    found.find((place) => path.every((key, i) => place.path[i] === key));

  checkTwice(found, fail);
  const known = KEYS.map((key) => key.name);
  // The parser drops a key like __proto__, the places still have it.
  const names = [...Object.keys(table), ...found.map((place) => place.path[0]!)];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw fail(placeOf(unknown), `unknown key ${JSON.stringify(unknown)}`, hintFor(unknown, known));
  }
  const result: Record<string, Found> = {};
  for (const key of KEYS) {
    if (!Object.hasOwn(table, key.name)) continue;
    result[key.name] = check(key, table[key.name], (why, below) => {
      const path = [key.name, ...below];
      // In an inline table only what it belongs to has a place.
      const place = path.map((_, i) => placeOf(...path.slice(0, path.length - i))).find(Boolean);
      // A key after a table's heading belongs to the table, however it was meant.
      const last = below.at(-1);
      const hint = last !== undefined && known.includes(last)
        ? `${last} is a key of its own: write it above [${path.slice(0, -1).join(".")}]`
        : undefined;
      return fail(place, `${path.join(".")}: ${why}`, hint);
    });
  }
  return result;
}

function hintFor(name: string, known: readonly string[]): string {
  return didYouMean(name.replaceAll("-", "_"), known) ?? `known keys: ${known.join(", ")}`;
}

function parseToml(
  text: string,
  fail: (place: undefined, why: string) => UserError,
): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // "Parse error on line 1, column 4: …", sometimes twice.
    const match = /^(?:Parse error on line (\d+), column (\d+): )+([^]*)$/.exec(error.message);
    const why = match
      ? `${position(text, Number(match[1]), Number(match[2]))}: ${match[3]}`
      : error.message;
    throw fail(undefined, why.replaceAll(/\s*\n\s*/g, " "));
  }
}

/** Column 0 is the parser's way to say: at the end of the line above. */
function position(text: string, line: number, column: number): string {
  if (column > 0 || line < 2) return `line ${line}, column ${Math.max(1, column)}`;
  return `line ${line - 1}, column ${text.split("\n")[line - 2]!.length + 1}`;
}

/** TOML forbids what the parser lets pass: of two equal keys the last would win. */
function checkTwice(
  found: readonly Place[],
  fail: (place: Place, why: string) => UserError,
): void {
  const first = new Map<string, Place>();
  for (const place of found) {
    if (place.heading) continue;
    const id = JSON.stringify(place.path);
    const other = first.get(id);
    if (other) {
      throw fail(
        place,
        `${JSON.stringify(place.path.at(-1))} was already set in line ${other.line}`,
      );
    }
    first.set(id, place);
  }
}

/**
 * Tells which keys differ between two settings, for a reload.
 *
 * @param before The settings in force.
 * @param after The settings wanted.
 * @returns The keys that can be applied now, and those that need a restart.
 */
export function changedKeys(
  before: Settings,
  after: Settings,
): { live: string[]; restart: string[] } {
  const changed = KEYS.filter(({ setting }) => !same(before[setting], after[setting]));
  const names = (live: boolean) =>
    changed.filter((key) => key.live === live).map((key) => key.name);
  return { live: names(true), restart: names(false) };
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
