/**
 * The rules that soak has learned on this host, so that `check --unused` can
 * tell them from those that somebody wrote. The allowlist can't say it: its
 * lines are a person's to edit.
 *
 * @module
 */

import { parseAllowlist } from "../policy/parse.ts";
import { printConditions } from "../policy/print.ts";
import { STATE_FOLDER } from "./state.ts";

/** The file, with one rule a line. */
export const LEARNED_FILE = `${STATE_FOLDER}/learned`;

/** Rules that were learned, by what they say: comments and order of conditions don't count. */
export class LearnedRules {
  readonly #path: string;
  #rules: Promise<Set<string>> | undefined;

  /** @param path Where they are kept. */
  constructor(path: string = LEARNED_FILE) {
    this.#path = path;
  }

  /**
   * Notes a rule.
   *
   * @param rule As soak prints it.
   * @throws When the file can't be written.
   */
  async add(rule: string): Promise<void> {
    const rules = await this.#read();
    if (rules.has(rule)) return;
    rules.add(rule);
    // What a crash left of a line stays a line of its own.
    const text = `\n${rule}\n`;
    await Deno.writeTextFile(this.#path, text, { append: true, mode: 0o600 });
  }

  /**
   * Whether soak learned what a line says.
   *
   * @param line A line of an allowlist, as text.
   * @returns False also for what is no rule.
   */
  async has(line: string): Promise<boolean> {
    const rules = await this.#read();
    if (rules.size === 0) return false;
    const [rule] = parseAllowlist(new TextEncoder().encode(line)).rules;
    return rule !== undefined && !rule.deny && rules.has(printConditions(rule.when));
  }

  #read(): Promise<Set<string>> {
    this.#rules ??= Deno.readTextFile(this.#path).then(
      (text) => new Set(text.split("\n").filter(Boolean)),
      (error) => {
        if (error instanceof Deno.errors.NotFound) return new Set<string>();
        this.#rules = undefined;
        throw error;
      },
    );
    return this.#rules;
  }
}
