/**
 * Which rules say nothing that another doesn't say.
 *
 * A rule covers another if whatever the other matches, it matches too, as long
 * as the other holds. To find out without comparing all with all, a rule is
 * looked up the way an execution is: in every shape in use, under all values
 * that its own conditions imply.
 *
 * @module
 */

import { type ByteString, parentFolder } from "./bytes.ts";
import { SHAPE_LANDING_RECURSIVE, SHAPE_TARGET_RECURSIVE, shapeOf } from "./compile.ts";
import { DIM_BIT, DIM_NAMES, type DimName } from "./dims.ts";
import { type Conditions, expiryTime, type FolderPattern, type Rule } from "./rule.ts";

/** The rules of one key that hold longest. */
interface Entry {
  allow?: Rule;
  deny?: Rule;
}

/** Finds rules that another makes superfluous. */
export class CoverIndex {
  readonly #shapes = new Set<number>();
  readonly #entries = new Map<string, Entry>();

  /** @param rules All rules that are in force. */
  constructor(rules: Iterable<Rule>) {
    for (const rule of rules) {
      const shape = shapeOf(rule.when);
      this.#shapes.add(shape);
      const key = keyOf(shape, (name) => textOf(rule.when[name]));
      let entry = this.#entries.get(key);
      if (!entry) this.#entries.set(key, entry = {});
      const side = rule.deny ? "deny" : "allow";
      const held = entry[side];
      if (!held || lifetime(rule) > lifetime(held)) entry[side] = rule;
    }
  }

  /**
   * The rule to keep of those with the same conditions and the same action:
   * the one that holds longest, and of these the first.
   */
  keeper(rule: Rule): Rule {
    const key = keyOf(shapeOf(rule.when), (name) => textOf(rule.when[name]));
    return this.#entries.get(key)![rule.deny ? "deny" : "allow"]!;
  }

  /**
   * Finds a rule that covers this one: for a rule that allows, one that
   * refuses if there is any. Of several it is the first in the file.
   */
  coverOf(rule: Rule): Rule | undefined {
    let allow: Rule | undefined;
    let deny: Rule | undefined;
    for (const entry of this.#generalizations(rule.when)) {
      if (entry.deny && outlasts(entry.deny, rule)) deny = firstCover(deny, entry.deny, rule);
      if (entry.allow && outlasts(entry.allow, rule)) allow = firstCover(allow, entry.allow, rule);
    }
    return deny ?? (rule.deny ? undefined : allow);
  }

  /** All entries whose conditions hold wherever the given ones hold. */
  *#generalizations(when: Conditions): Generator<Entry> {
    const targets = foldersAround(impliedTarget(when));
    const landings = foldersAround(when.landing_folder);
    for (const shape of this.#shapes) {
      if (!isImplied(shape, when)) continue;
      for (const target of shape & SHAPE_TARGET_RECURSIVE ? targets : [undefined]) {
        for (const landing of shape & SHAPE_LANDING_RECURSIVE ? landings : [undefined]) {
          const entry = this.#entries.get(keyOf(shape, (name) => {
            if (name === "target_folder") return target ?? impliedTarget(when)!.path;
            if (name === "landing_folder" && landing !== undefined) return landing;
            return textOf(when[name]);
          }));
          if (entry) yield entry;
        }
      }
    }
  }
}

/**
 * Whether the conditions contradict each other, so that nothing matches them.
 *
 * @param when Conditions.
 * @returns True if the target's path doesn't lie in the target's folder.
 */
export function isImpossible(when: Conditions): boolean {
  const { target_filename, target_folder } = when;
  if (target_filename === undefined || target_folder === undefined) return false;
  const parent = parentFolder(target_filename);
  return target_folder.recursive
    ? !parent.startsWith(target_folder.path)
    : parent !== target_folder.path;
}

/** Whether conditions say anything about each dimension of a shape. */
function isImplied(shape: number, when: Conditions): boolean {
  for (const name of DIM_NAMES) {
    if ((shape & 1 << DIM_BIT[name]) === 0) continue;
    if (name === "target_folder") {
      const folder = impliedTarget(when);
      if (!folder || folder.recursive && !(shape & SHAPE_TARGET_RECURSIVE)) return false;
    } else if (name === "landing_folder") {
      const folder = when.landing_folder;
      if (!folder || folder.recursive && !(shape & SHAPE_LANDING_RECURSIVE)) return false;
    } else if (when[name] === undefined) {
      return false;
    }
  }
  return true;
}

/** The narrowest that is known about the target's folder. */
function impliedTarget(when: Conditions): FolderPattern | undefined {
  if (when.target_filename === undefined) return when.target_folder;
  return { path: parentFolder(when.target_filename), recursive: false };
}

function foldersAround(folder: FolderPattern | undefined): ByteString[] {
  if (!folder) return [];
  const folders: ByteString[] = [];
  for (let end = folder.path.indexOf("/"); end >= 0; end = folder.path.indexOf("/", end + 1)) {
    folders.push(folder.path.slice(0, end + 1));
  }
  return folders;
}

// No value holds a NUL byte.
function keyOf(shape: number, value: (name: DimName) => string): string {
  let key = String(shape);
  for (const name of DIM_NAMES) {
    if (shape & 1 << DIM_BIT[name]) key += "\0" + value(name);
  }
  return key;
}

function textOf(value: ByteString | number | FolderPattern | undefined): string {
  return typeof value === "object" ? value.path : String(value);
}

function firstCover(known: Rule | undefined, found: Rule, covered: Rule): Rule | undefined {
  if (found === covered || isMutual(found, covered)) return known;
  return known && known.number < found.number ? known : found;
}

/**
 * Whether two rules with the same action and time cover each other. Then only
 * the later one is superfluous.
 */
function isMutual(found: Rule, covered: Rule): boolean {
  return found.deny === covered.deny && found.number > covered.number &&
    lifetime(found) === lifetime(covered) &&
    new CoverIndex([covered]).coverOf(found) !== undefined;
}

function outlasts(a: Rule, b: Rule): boolean {
  return lifetime(a) >= lifetime(b);
}

function lifetime(rule: Rule): number {
  return expiryTime(rule.expires) || Infinity;
}
