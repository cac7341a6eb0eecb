/**
 * Reads what a guest says about its scenarios and judges the boot: nothing that went wrong may look
 * like success.
 *
 * @module
 */

/** How one scenario ended. */
export interface Result {
  /** Its name. */
  name: string;
  /** It did what it should. */
  ok: boolean;
  /** How long it took in the guest's time. */
  seconds: number;
  /** What it printed. */
  output: string[];
  /** Why it failed, where it couldn't say so itself. */
  why?: string;
}

/** What a whole boot came to. */
export interface Verdict {
  /** The scenarios that started, in order. */
  results: Result[];
  /** The scenarios that never did. */
  missing: string[];
  /** What is wrong with the boot as a whole, if anything is. */
  fault?: string;
  /** The boot ended early on purpose, since a scenario's traces couldn't be removed. */
  dirty: boolean;
}

/** What a kernel in trouble prints. */
const TROUBLE = /Kernel panic.*|BUG:.*|Oops:.*|general protection fault.*/;

/** Follows the lines of one boot. */
export class Transcript {
  readonly #planned: readonly string[];
  readonly #results: Result[] = [];
  readonly #outcomes: string[] = [];
  readonly #strange: string[] = [];
  #current: Result | undefined;
  #dirty = false;
  #cut = false;
  #up = false;

  /** @param planned names of the scenarios the guest was told to run */
  constructor(planned: readonly string[]) {
    this.#planned = planned;
  }

  /** The scenario that runs now. */
  get current(): string | undefined {
    return this.#current?.name;
  }

  /** Whether the guest's PID 1 has said that it is there. */
  get isUp(): boolean {
    return this.#up;
  }

  /** Whether a scenario has begun. */
  get hasBegun(): boolean {
    return this.#current !== undefined || this.#results.length > 0;
  }

  /** Whether a scenario wants the power cut now. */
  get isCut(): boolean {
    return this.#cut;
  }

  /** How many outcome lines came; one ends the boot. */
  get outcomes(): number {
    return this.#outcomes.length;
  }

  /**
   * Takes one line from the result port.
   *
   * @param line without its newline
   * @returns the result that the line completes, if it does
   */
  line(line: string): Result | undefined {
    if (line.startsWith("| ")) {
      this.#current?.output.push(line.slice(2));
      return;
    }
    const [word, ...rest] = line.trim().split(" ");
    switch (word) {
      case "LAB-UP":
        this.#up = true;
        return;
      case "LAB-START":
        this.#end("the next scenario began before it ended");
        this.#current = { name: rest[0] ?? "", ok: false, seconds: 0, output: [] };
        return;
      case "LAB": {
        const result = this.#current;
        if (!result || result.name !== rest[0]) {
          this.#strange.push(line);
          return;
        }
        result.ok = rest[1] === "ok";
        result.seconds = Number(rest[2]);
        this.#results.push(result);
        this.#current = undefined;
        return result;
      }
      case "LAB-DIRTY":
        this.#dirty = true;
        return;
      case "LAB-CUT":
        // The host ends the emulator.
        this.#cut = true;
        if (this.#current) this.#current.ok = true;
        this.#end();
        return;
      case "LAB-OUTCOME":
        this.#outcomes.push(line.trim());
        return;
      default:
        if (line.trim()) this.#strange.push(line);
    }
  }

  /**
   * Judges the boot after it ended.
   *
   * @param console the guest's console
   * @param late why the host ended the boot, if it did
   */
  verdict(console: string, late?: string): Verdict {
    const trouble = TROUBLE.exec(console)?.[0];
    const fault = trouble ?? late ?? this.#faultOfOutcome();
    const blamed = this.#current !== undefined;
    this.#end(fault);
    const seen = new Set(this.#results.map((result) => result.name));
    return {
      results: this.#results,
      missing: this.#planned.filter((name) => !seen.has(name)),
      // A fault that one scenario answers for isn't counted twice.
      ...fault && !blamed ? { fault } : {},
      dirty: this.#dirty,
    };
  }

  #faultOfOutcome(): string | undefined {
    if (this.#cut && this.#outcomes.length === 0) return;
    if (this.#outcomes.length === 0 && this.#current) return "the guest ended while it ran";
    if (this.#outcomes.length !== 1) return `${this.#outcomes.length} outcome lines, expected 1`;
    const passed = this.#results.filter((result) => result.ok).length;
    const expected = `LAB-OUTCOME passed=${passed} failed=${this.#results.length - passed}`;
    if (this.#outcomes[0] !== expected) return `got '${this.#outcomes[0]}', expected '${expected}'`;
    if (this.#strange.length) return `unexpected line on the result port: ${this.#strange[0]}`;
  }

  #end(why?: string) {
    const result = this.#current;
    if (!result) return;
    this.#current = undefined;
    this.#results.push(why ? { ...result, ok: false, why } : result);
  }
}
