/**
 * Learning: the rules that would have permitted what ran.
 *
 * @module
 */

import type { VerdictEvent } from "../events/event.ts";
import type { DimName } from "../policy/dims.ts";
import { printRule } from "../policy/print.ts";
import { narrowestRule, ruleForDims } from "../policy/propose.ts";
import { factsOf } from "./blocks.ts";

/** A rule that would have permitted something, and how often. */
export interface Proposal {
  /** As it is printed. */
  rule: string;
  /** Marked executions it would have permitted. */
  hits: number;
}

/** Collects proposals, each once. */
export class Soak {
  readonly #dims: readonly DimName[];
  readonly #proposals = new Map<string, Proposal>();
  #executions = 0;
  #unnamed = 0;
  #lastExec: { pid: number; path: string | null } | undefined;

  /** @param dims The dimensions of the rules. */
  constructor(dims: readonly DimName[]) {
    this.#dims = dims;
  }

  /** Marked executions seen. */
  get executions(): number {
    return this.#executions;
  }

  /** How many of them no rule can permit, because they have no file. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /** How many rules there are so far. */
  get rules(): number {
    return this.#proposals.size;
  }

  /** The rules so far, the most used first. */
  proposals(): Proposal[] {
    return [...this.#proposals.values()].sort((a, b) => b.hits - a.hits);
  }

  /**
   * Learns from a verdict.
   *
   * @param event The verdict.
   * @returns A rule that is new, or null.
   */
  note(event: VerdictEvent): string | null {
    const { kind, pid, path } = event;
    // A program that is executed is mapped too: that is one execution.
    if (kind === "mmap" && this.#lastExec?.pid === pid && this.#lastExec.path === path) return null;
    if (kind === "exec") this.#lastExec = { pid, path };
    this.#executions++;
    const facts = factsOf(event);
    // Without a fact that was asked for, a rule of the others would permit more than was meant.
    const rule = ruleForDims(facts, this.#dims) ?? narrowestRule(facts);
    if (!rule) {
      if (event.answer === "would-block") this.#unnamed++;
      return null;
    }
    const text = printRule(rule);
    const known = this.#proposals.get(text);
    if (known) {
      known.hits++;
      return null;
    }
    if (event.answer !== "would-block") return null;
    this.#proposals.set(text, { rule: text, hits: 1 });
    return text;
  }
}
