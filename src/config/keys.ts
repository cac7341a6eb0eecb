/**
 * The table of configuration keys: how each is written in the file, on the
 * command line and in the environment, and whether it can change live.
 *
 * @module
 */

import * as v from "valibot";
import { parseDims } from "../policy/dims.ts";
import { assignZones } from "../policy/zones.ts";
import { readDetectors } from "./detectors.ts";
import { readGuards } from "./guards.ts";
import { networkKey, parseNetwork } from "./networks.ts";
import { suggest } from "../policy/suggest.ts";
import { LOG_LEVELS, type Settings, type Volume, VOLUMES, type Zone } from "./settings.ts";
import { TRUTHS } from "./truths.ts";
import { tableBelow, WrongBelow } from "./wrong_below.ts";

/** A key and what may stand there. */
export interface Key {
  /** Its name in the file; the flag has dashes instead of underscores. */
  name: string;
  /** The setting it sets. */
  setting: keyof Settings;
  /** It can be changed on SIGHUP; the others need a restart. */
  live: boolean;
  /** There is a flag of that name. */
  flag: boolean;
  /** The environment variable that stands in for the flag. */
  env?: string;
  /** Turns the value in the file into the setting. */
  schema: v.GenericSchema<unknown, unknown>;
  /** Turns a flag or variable into what would stand in the file. */
  fromText: (text: string) => unknown;
}

const shown = (value: unknown) => JSON.stringify(value) ?? String(value);

function oneOf<const T extends readonly string[]>(choices: T) {
  return v.picklist(choices, (issue) => `${shown(issue.input)} is not ${list(choices)}`);
}

function list(words: readonly string[]): string {
  return [words.slice(0, -1).join(", "), words.at(-1)].filter(Boolean).join(" or ");
}

const truth = v.boolean((issue) => `${shown(issue.input)} is not true or false`);

const path = v.pipe(
  v.string((issue) => `${shown(issue.input)} is not a file name`),
  v.check(
    (text) => text !== "" && !text.includes("\0"),
    (issue) => `${shown(issue.input)} is not a file name`,
  ),
);

/** A list, or its parts with commas between them; an empty text is an empty list. */
const words = v.pipe(
  v.union(
    [v.string(), v.array(v.string())],
    (issue) => `${shown(issue.input)} is neither a list of texts nor a text`,
  ),
  v.transform((value) =>
    typeof value === "string" ? value.split(",").map((part) => part.trim()) : value
  ),
  v.transform((parts) => parts.length === 1 && parts[0] === "" ? [] : parts),
);

/** What is wrong with one key of a table. */
class WrongKey extends SyntaxError {
  constructor(readonly key: string, message: string) {
    super(message);
  }
}

/** Runs a reader that throws SyntaxError or RangeError, and makes that an issue. */
function reading<In, Out>(read: (value: In) => Out) {
  return v.rawTransform<In, Out>(({ dataset, addIssue, NEVER }) => {
    try {
      return read(dataset.value);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
      const { message } = error;
      const path = error instanceof WrongKey
        ? [error.key]
        : error instanceof WrongBelow
        ? error.path
        : [];
      const items = below(dataset.value, path);
      addIssue(items ? { message, path: items } : { message });
      return NEVER;
    }
  });
}

/** Says of an error to which key it belongs. */
function inKey<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new WrongKey(key, error.message);
  }
}

function below(table: unknown, keys: readonly string[]): [v.UnknownPathItem] | undefined {
  const items = keys.map((key): v.UnknownPathItem => (
    { type: "unknown", origin: "value", input: table, key, value: undefined }
  ));
  return items.length > 0 ? items as [v.UnknownPathItem] : undefined;
}

const dims = v.pipe(words, reading((parts: string[]) => parseDims(parts.join(","))));

const interpreters = v.pipe(
  words,
  reading((parts: string[]) => {
    const wrong = parts.find((part) => !/^(\/[^\0,*]*|[^\0,*/]+)\*?$/.test(part));
    if (wrong === undefined) return [...new Set(parts)];
    throw new SyntaxError(
      `${shown(wrong)} is neither the name nor the full path of an executable; * may only end it`,
    );
  }),
);

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));

const ports = v.pipe(
  v.array(v.any(), (issue) => `${shown(issue.input)} is not a list of ports`),
  reading((values: unknown[]) => {
    const wrong = values.find((value) => !v.is(port, value));
    if (wrong !== undefined) throw new RangeError(`${shown(wrong)} is not a port, 1 to 65535`);
    return [...new Set(values as number[])];
  }),
);

const volumes = v.pipe(
  v.array(v.any(), (issue) => `${shown(issue.input)} is not a list of kinds of volumes`),
  reading((values: unknown[]) => {
    for (const value of values) {
      if (!VOLUMES.some((known) => known === value)) {
        const nearest = typeof value === "string" ? suggest(value, VOLUMES) : undefined;
        throw new RangeError(
          `${shown(value)} is no kind of volume` +
            (nearest ? `; did you mean "${nearest}"?` : `: there are ${VOLUMES.join(", ")}`),
        );
      }
    }
    return [...new Set(values as Volume[])];
  }),
);

/** A table of any names: `v.record` leaves some of them out without a word. */
function table<Out>(written: string, read: (table: Record<string, unknown>) => Out) {
  return v.pipe(v.unknown(), reading((value) => read(tableBelow([], value, written))));
}

const zones = table("zones are written [zones]", (table) => {
  const zones = readZones(table);
  assignZones(Object.keys(table));
  return zones;
});

const guards = table("guards are written [guard.NAME]", readGuards);

const detectors = table("detectors are written [detect.NAME]", readDetectors);

/** Of overlapping networks the longest prefix wins, so only equal ones are unclear. */
function readZones(table: Record<string, unknown>): Zone[] {
  const owners = new Map<string, string>();
  return Object.entries(table).map(([name, texts]) => {
    if (!Array.isArray(texts)) {
      throw new WrongKey(name, `${shown(texts)} is not a list of networks`);
    }
    inKey(name, () => assignZones([name]));
    const networks = texts.map((text: unknown) => {
      if (typeof text !== "string") throw new WrongKey(name, `${shown(text)} is not a network`);
      const network = inKey(name, () => parseNetwork(text));
      const key = networkKey(network);
      const owner = owners.get(key);
      if (owner !== undefined) {
        throw new WrongKey(
          name,
          owner === name
            ? `${shown(text)} is in ${name} twice`
            : `${shown(text)} is in ${owner} too`,
        );
      }
      owners.set(key, name);
      return network;
    });
    return { name, networks };
  });
}

const asText = (text: string) => text;
const asTruth = (text: string) => TRUTHS.get(text.toLowerCase()) ?? text;

/** All keys; the order is that of the documentation. */
export const KEYS: readonly Key[] = [
  {
    name: "mode",
    setting: "mode",
    live: true,
    flag: true,
    schema: oneOf(["observe", "soak", "enforce"]),
    fromText: asText,
  },
  {
    name: "allowlist",
    setting: "allowlist",
    live: false,
    flag: true,
    schema: path,
    fromText: asText,
  },
  { name: "soak", setting: "soak", live: false, flag: true, schema: dims, fromText: asText },
  {
    name: "mark_localhost",
    setting: "markLocalhost",
    live: true,
    flag: true,
    env: "LINPROV_MARK_LOCALHOST",
    schema: truth,
    fromText: asTruth,
  },
  {
    name: "interpreters",
    setting: "interpreters",
    live: true,
    flag: true,
    schema: interpreters,
    fromText: asText,
  },
  // The store holds the host's key and is open from start to end.
  { name: "hash_db", setting: "hashDb", live: false, flag: true, schema: path, fromText: asText },
  {
    name: "log_level",
    setting: "logLevel",
    live: true,
    flag: true,
    schema: oneOf(LOG_LEVELS),
    fromText: asText,
  },
  { name: "log_file", setting: "logFile", live: true, flag: true, schema: path, fromText: asText },
  {
    name: "log_format",
    setting: "logFormat",
    live: true,
    flag: true,
    schema: oneOf(["text", "json"]),
    fromText: asText,
  },
  // The socket keeps its mode from when it was made.
  {
    name: "notifications",
    setting: "notifications",
    live: false,
    flag: true,
    schema: oneOf(["off", "group"]),
    fromText: asText,
  },
  {
    name: "proxy_ports",
    setting: "proxyPorts",
    live: true,
    flag: false,
    schema: ports,
    fromText: asText,
  },
  {
    name: "foreign_volumes",
    setting: "foreignVolumes",
    live: true,
    flag: false,
    schema: volumes,
    fromText: asText,
  },
  {
    name: "hashes",
    setting: "hashes",
    live: true,
    flag: false,
    schema: truth,
    fromText: asTruth,
  },
  {
    name: "protect_self",
    setting: "protectSelf",
    live: true,
    flag: true,
    schema: truth,
    fromText: asTruth,
  },
  { name: "zones", setting: "zones", live: true, flag: false, schema: zones, fromText: asText },
  // Its flag says something about one guard each, see resolve.ts.
  { name: "guard", setting: "guards", live: true, flag: false, schema: guards, fromText: asText },
  // And its flag turns one on.
  {
    name: "detect",
    setting: "detectors",
    live: true,
    flag: false,
    schema: detectors,
    fromText: asText,
  },
];
