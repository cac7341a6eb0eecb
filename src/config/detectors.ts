/**
 * Detectors as the configuration file has them: `[detect.NAME]`.
 *
 * @module
 */

import { textToByteString } from "../policy/bytes.ts";
import {
  DETECTOR_NAMES,
  detectorKeys,
  type DetectorName,
  type DetectorSetting,
  type DetectorText,
  findDetector,
  readDetector,
} from "../policy/detectors.ts";
import { inBelow, listOfTexts, requireKeys, tableBelow } from "./wrong_below.ts";

/** Keys whose values are lists of texts; those of the others are truth values. */
const LISTS: ReadonlySet<string> = new Set(["allow", "environment"]);

/**
 * Reads all detectors.
 *
 * @param table What stands below `[detect]`.
 * @returns Those that are on, in the order of their names.
 * @throws {WrongBelow} On the first mistake.
 */
export function readDetectors(table: Record<string, unknown>): DetectorSetting[] {
  const found = new Map<DetectorName, DetectorSetting>();
  for (const [written, value] of Object.entries(table)) {
    const name = inBelow([written], () => findDetector(written));
    found.set(name, readOne(name, value));
  }
  return DETECTOR_NAMES.flatMap((name) => found.get(name) ?? []);
}

function readOne(name: DetectorName, value: unknown): DetectorSetting {
  const table = tableBelow([name], value, `detectors are written [detect.${name}]`);
  requireKeys([name], table, detectorKeys(name));
  const text: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(table)) {
    text[key] = inBelow([name, key], () => readValue(key, given));
    // Each by itself first, so that a mistake has its key.
    inBelow([name, key], () => readDetector(name, { [key]: text[key] }));
  }
  return readDetector(name, text as DetectorText);
}

function readValue(key: string, value: unknown): unknown {
  if (LISTS.has(key)) return listOfTexts(value).map(textToByteString);
  if (typeof value === "boolean") return value;
  throw new SyntaxError(`${JSON.stringify(value)} is not true or false`);
}
