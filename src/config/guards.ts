/**
 * Guards as the configuration file has them: `[guard.NAME]`.
 *
 * @module
 */

import { textToByteString } from "../policy/bytes.ts";
import {
  findGuard,
  GUARD_NAMES,
  type GuardName,
  type GuardSetting,
  type GuardText,
  readGuard,
} from "../policy/guards.ts";
import { inBelow, listOfTexts, requireKeys, tableBelow, WrongBelow } from "./wrong_below.ts";

/** What may stand below `[guard.NAME]`. */
const LISTS = ["allow", "block", "programs", "paths", "mounts"] as const;
/** Those whose texts are bytes to the kernel. */
const BYTES: ReadonlySet<string> = new Set(["programs", "paths", "mounts"]);
const KEYS = ["permission", ...LISTS] as const;

/**
 * Reads all guards.
 *
 * @param table What stands below `[guard]`.
 * @returns Those that are on, in the order of their names.
 * @throws {WrongBelow} On the first mistake.
 */
export function readGuards(table: Record<string, unknown>): GuardSetting[] {
  const found = new Map<GuardName, GuardSetting>();
  for (const [written, value] of Object.entries(table)) {
    const name = inBelow([written], () => findGuard(written));
    if (found.has(name)) throw new WrongBelow([written], `${name} is set twice`);
    found.set(name, readOne(written, name, value));
  }
  return GUARD_NAMES.flatMap((name) => found.get(name) ?? []);
}

function readOne(written: string, name: GuardName, value: unknown): GuardSetting {
  const table = tableBelow([written], value, `guards are written [guard.${name}]`);
  requireKeys([written], table, KEYS);
  const { permission } = table;
  if (permission === undefined) throw new WrongBelow([written], "permission is missing");
  if (typeof permission !== "string") {
    const shown = JSON.stringify(permission);
    throw new WrongBelow([written, "permission"], `${shown} is not a permission`);
  }
  const text = { permission, ...listsOf(written, table) };
  // Each by itself first, so that a mistake has its key.
  for (const key of KEYS) {
    if (table[key] === undefined) continue;
    inBelow([written, key], () => readGuard(name, { permission, [key]: text[key] }));
  }
  return inBelow([written], () => readGuard(name, text));
}

/** The lists of a guard, those that are there. */
function listsOf(written: string, table: Record<string, unknown>): Partial<GuardText> {
  const lists: Record<string, string[]> = {};
  for (const key of LISTS) {
    if (table[key] === undefined) continue;
    const words = inBelow([written, key], () => listOfTexts(table[key]));
    lists[key] = BYTES.has(key) ? words.map(textToByteString) : words;
  }
  return lists;
}
