/**
 * The dimensions of a rule: what a condition can be about.
 *
 * @module
 */

import { didYouMean } from "./suggest.ts";

/**
 * What the value of a dimension is, and so how it is checked and compared:
 * the full path of a file, a folder (with `*` also all below it), a base name,
 * a process name, a user number, the name of a zone, or a SHA-256.
 */
export type DimKind = "path-file" | "path-folder" | "basename" | "comm" | "uid" | "zone" | "digest";

/**
 * All dimensions in canonical order. A dimension's place is also its bit in a
 * shape and its slot in a rule key (`enum lp_dim` in bpf/wire.h).
 */
export const DIMS = [
  { name: "target_filename", kind: "path-file" },
  { name: "target_folder", kind: "path-folder" },
  { name: "landing_filename", kind: "basename" },
  { name: "landing_folder", kind: "path-folder" },
  { name: "creator_process", kind: "path-file", short: "creator" },
  { name: "creator_comm", kind: "comm", short: "comm" },
  { name: "creator_uid", kind: "uid", short: "uid" },
  { name: "writer_process", kind: "path-file" },
  { name: "writer_uid", kind: "uid" },
  { name: "origin_zone", kind: "zone" },
  { name: "sha256", kind: "digest" },
  { name: "execution_uid", kind: "uid" },
] as const satisfies readonly { name: string; kind: DimKind; short?: string }[];

/** One entry of {@linkcode DIMS}. */
export interface Dim {
  /** The name in an allowlist, the only one accepted there. */
  readonly name: DimName;
  /** What its value is. */
  readonly kind: DimKind;
  /** A shorter name for command lines. */
  readonly short?: string;
}

/** The full name of a dimension. */
export type DimName = (typeof DIMS)[number]["name"];

/** The full names in canonical order. */
export const DIM_NAMES: readonly DimName[] = DIMS.map((dim) => dim.name);

/** The place of each dimension: its bit in a shape and its slot in a rule key. */
export const DIM_BIT: Readonly<Record<DimName, number>> = Object.fromEntries(
  DIM_NAMES.map((name, bit) => [name, bit]),
) as Record<DimName, number>;

const BY_NAME: ReadonlyMap<string, Dim> = new Map(DIMS.map((dim) => [dim.name, dim]));
const BY_SHORT: ReadonlyMap<string, Dim> = new Map(
  DIMS.flatMap((dim) => "short" in dim ? [[dim.short, dim]] : []),
);

/**
 * Looks a dimension up by its full name.
 *
 * @param name A name.
 * @returns The dimension, or undefined.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findDim("creator_comm")?.kind, "comm");
 * assertEquals(findDim("comm"), undefined);
 * ```
 */
export function findDim(name: string): Dim | undefined {
  return BY_NAME.get(name);
}

/**
 * Says what to write instead of an unknown dimension.
 *
 * @param name What was written.
 * @returns A hint, or undefined if nothing is near.
 */
export function dimHint(name: string): string | undefined {
  const short = BY_SHORT.get(name);
  return short ? `write ${JSON.stringify(short.name)}` : didYouMean(name, DIM_NAMES);
}

/**
 * Reads a list of dimensions from a command line or a configuration, by full
 * or short names.
 *
 * @param text Names with commas between them.
 * @returns The full names, each once, in canonical order.
 * @throws {SyntaxError} If a name is unknown or missing; the message says what is near.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseDims("comm,creator"), ["creator_process", "creator_comm"]);
 * assertThrows(() => parseDims("com"), SyntaxError, 'did you mean "comm"?');
 * ```
 */
export function parseDims(text: string): DimName[] {
  const chosen = new Set<DimName>();
  for (const part of text.split(",")) {
    const name = part.trim();
    const dim = BY_NAME.get(name) ?? BY_SHORT.get(name);
    if (!dim) throw new SyntaxError(unknownDim(text, name));
    chosen.add(dim.name);
  }
  return DIM_NAMES.filter((name) => chosen.has(name));
}

function unknownDim(text: string, name: string): string {
  const where = `Cannot read the dimensions ${JSON.stringify(text)}`;
  if (name === "") return `${where}: a name is missing`;
  const hint = didYouMean(name, [...BY_SHORT.keys(), ...DIM_NAMES]) ??
    `known are ${[...DIM_NAMES, ...BY_SHORT.keys()].join(", ")}`;
  return `${where}: ${JSON.stringify(name)} is unknown, ${hint}`;
}
