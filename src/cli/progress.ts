/**
 * A line at the bottom of the terminal that is rewritten while log lines pass
 * above it.
 *
 * @module
 */

import type { StandardError } from "../log/log.ts";

const CLEAR = "\r\x1b[K";
const encoder = new TextEncoder();

/** What {@linkcode Progress} needs of `Deno.stderr`. */
export interface Stream {
  write(bytes: Uint8Array): Promise<number>;
  isTerminal(): boolean;
}

/**
 * The line. Where standard error is no terminal, it does nothing. A terminal
 * that is stopped (Ctrl-S) stops nothing but what is written to it.
 */
export class Progress implements Disposable {
  readonly #stream: Stream;
  readonly #text: () => string;
  #timer: ReturnType<typeof setInterval> | undefined;
  // Writes come one after the other.
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #shown = false;

  /**
   * @param text Says how it stands; shorter than a line.
   * @param stream Standard error.
   */
  constructor(text: () => string, stream: Stream = Deno.stderr) {
    this.#text = text;
    this.#stream = stream;
  }

  /** Standard error for a log that shares the terminal with this line. */
  get log(): StandardError | undefined {
    if (!this.#stream.isTerminal()) return undefined;
    const write = (bytes: Uint8Array) =>
      this.#inTurn(async () => {
        await this.#clear();
        return await this.#stream.write(bytes);
      });
    return { open: () => ({ write, close: () => {} }), journal: false };
  }

  /** Begins to show the line, and rewrites it each second. */
  start(): void {
    if (!this.#stream.isTerminal()) return;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#draw(), 1000);
    this.#draw();
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    void this.#inTurn(() => this.#clear()).catch(() => {});
  }

  #draw(): void {
    // Behind a write that is stuck, lines would queue up.
    if (this.#waiting > 0) return;
    const drawing = this.#inTurn(async () => {
      await this.#clear();
      this.#shown = true;
      await this.#stream.write(encoder.encode(this.#text()));
    });
    // The terminal is gone: the line was only a decoration.
    drawing.catch(() => {});
  }

  async #clear(): Promise<void> {
    if (!this.#shown) return;
    this.#shown = false;
    await this.#stream.write(encoder.encode(CLEAR));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const done = this.#last.then(work).finally(() => this.#waiting--);
    this.#last = done.catch(() => {});
    return done;
  }
}
