/**
 * The rules that decide, as the kernel has them.
 *
 * @module
 */

import { type LpConfig, lpRule, lpRuleKey, lpShapes } from "../../ffi/layout.gen.ts";
import { MapFlag, MapHandle, MapType } from "../../ffi/map.ts";
import type { LoadedObject } from "../../ffi/object.ts";
import type { CompiledPolicy } from "../policy/compile.ts";
import { RuleKey } from "../policy/rule_table.ts";
import { pinned, u32 } from "./tables.ts";

/** What the rules need of the live configuration. */
export interface RulesHost {
  /** The loaded object. */
  object: LoadedObject;
  /** The live configuration. */
  configuration: () => LpConfig;
  /** Changes it. */
  configure: (change: Partial<LpConfig>) => void;
}

/** Two sets of rules, of which one decides. */
export class KernelRules implements Disposable {
  readonly #host: RulesHost;
  // The set that decides, for its counts.
  #rules: MapHandle | undefined;

  /** @param host What they need. */
  constructor(host: RulesHost) {
    this.#host = host;
  }

  /** The set that decides, when this process has loaded it. */
  get map(): MapHandle | undefined {
    return this.#rules;
  }

  /**
   * Makes a policy the one that decides, in one step: the inactive set is
   * filled, then one index flips. Rules that stay keep their count, but for
   * what they match in between.
   *
   * @param policy The policy.
   * @param beforeFlip Called when everything is filled and the old one still decides.
   * @throws {BpfError} When there is no memory for it; the old policy still decides.
   */
  load(policy: CompiledPolicy, beforeFlip: () => void): void {
    const { active, policy: generation } = this.#host.configuration();
    const next = active === 0 ? 1 : 0;
    const { table } = policy;
    const known = new RuleKey();
    const words = new Uint8Array(known.words.buffer);
    this.#eachRule((keys, at, _number, hits) => {
      if (hits === 0n) return;
      words.set(new Uint8Array(keys.buffer, at, lpRuleKey.size));
      table.setHits(known, hits);
    });
    const rules = MapHandle.create({
      type: MapType.hash,
      name: "rules",
      keySize: lpRuleKey.size,
      valueSize: lpRule.size,
      maxEntries: Math.max(1, table.count),
      flags: MapFlag.noPrealloc,
    });
    try {
      if (table.count > 0) rules.updateBatch(table.keys, table.values, table.count);
      // This waits for programs that still use the set it replaces (6.1 and later), so that its
      // shapes may be overwritten next.
      this.#host.object.map("rule_sets").updateMap(u32(next), rules);
      const shapes = pinned(lpShapes.size);
      shapes.set(policy.shapesBytes);
      this.#host.object.map("shapes").update(u32(next), shapes);
      beforeFlip();
      this.#host.configure({ active: next, policy: (generation + 1) >>> 0 });
    } catch (error) {
      rules[Symbol.dispose]();
      throw error;
    }
    this.#rules?.[Symbol.dispose]();
    this.#rules = rules;
  }

  /** How often each rule has matched, by its number; those that never did are left out. */
  hits(): { number: number; hits: number }[] {
    const found: { number: number; hits: number }[] = [];
    this.#eachRule((_keys, _at, number, hits) => {
      if (hits > 0n) found.push({ number, hits: Number(hits) });
    });
    return found;
  }

  /** The numbers of the rules that have matched nothing, in order. */
  unused(): Uint32Array {
    const found: number[] = [];
    this.#eachRule((_keys, _at, number, hits) => {
      if (hits === 0n) found.push(number);
    });
    return Uint32Array.from(found).sort();
  }

  /** Closes the set; the kernel keeps it. */
  [Symbol.dispose](): void {
    this.#rules?.[Symbol.dispose]();
  }

  #eachRule(visit: (keys: DataView, at: number, number: number, hits: bigint) => void): void {
    const { number, hits } = lpRule.fields;
    this.#rules?.forEach((keys, keyAt, values, valueAt) => {
      const count = values.getBigUint64(valueAt + hits.offset, true);
      visit(keys, keyAt, values.getUint32(valueAt + number.offset, true), count);
    });
  }
}
