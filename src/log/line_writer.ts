/**
 * Writes lines to something that may be slow, stuck, full or gone, without
 * ever making the caller wait or fail. What can't be written is counted, and
 * said as soon as writing works again.
 *
 * @module
 */

/** Where bytes go. */
export interface Target {
  /** Writes some of the bytes; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends it; called once. */
  close(): void;
}

/** How a {@linkcode LineWriter} behaves. */
export interface LineWriterOptions {
  /** The most bytes that wait; lines beyond it are lost. */
  capacity?: number;
  /** Milliseconds after which a target that takes nothing counts as stuck. */
  stuckMs?: number;
  /** The line that tells of lost ones, with its line break. */
  notice: (lost: number) => string;
}

const CHUNK = 64 * 1024;
const PAUSE = 10;
const encoder = new TextEncoder();

/** A bounded queue of lines in front of a {@linkcode Target}. */
export class LineWriter {
  #target: Target;
  readonly #capacity: number;
  readonly #stuckMs: number;
  readonly #notice: (lost: number) => string;
  #lines: Uint8Array[] = [];
  #bytes = 0;
  #pump: Promise<void> | undefined;
  #lost = 0;
  #untold = 0;
  #torn = false;
  #written = 0;
  #stuck = false;
  #failure: unknown;

  /**
   * @param target Where the lines go; it is closed with the writer.
   * @param options Capacity and notice.
   */
  constructor(target: Target, options: LineWriterOptions) {
    this.#target = target;
    this.#capacity = options.capacity ?? 1024 * 1024;
    this.#stuckMs = options.stuckMs ?? 1000;
    this.#notice = options.notice;
  }

  /** How many lines were lost since the start. */
  get lost(): number {
    return this.#lost;
  }

  /** The last error of the target, undefined while writing works. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Takes a line; returns at once.
   *
   * @param line The line with its line break.
   */
  write(line: string): void {
    const bytes = encoder.encode(line);
    if (this.#bytes + bytes.length > this.#capacity) {
      this.#lose(1);
      return;
    }
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    this.#pump ??= this.#run();
  }

  /**
   * Goes on with another target. Lines that wait go to the new one.
   *
   * @param target The new target; the old one is closed when its last write has ended.
   */
  replace(target: Target): void {
    const old = this.#target;
    this.#target = target;
    this.#torn = false;
    this.#stuck = false;
    const ended = this.#pump ?? Promise.resolve();
    ended.finally(() => old.close());
  }

  /**
   * Waits until there is room for many lines, so that whoever has more to say than the queue holds
   * loses none of it: for a second at most, and not again while the target takes nothing.
   */
  async room(): Promise<void> {
    if (this.#stuck || this.#bytes <= this.#capacity / 2) return;
    const written = this.#written;
    await this.flush(this.#stuckMs);
    this.#stuck = this.#written === written;
  }

  /**
   * Waits until everything is written.
   *
   * @param patience The most milliseconds to wait.
   * @returns Whether nothing waits any more.
   */
  async flush(patience: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
    await Promise.race([this.#pump, timeout]);
    clearTimeout(timer);
    return this.#pump === undefined;
  }

  /**
   * Writes what waits, as far as that works soon, and closes the target.
   *
   * @param patience The most milliseconds to wait.
   */
  async close(patience: number): Promise<void> {
    // A stuck write keeps its file: closing it would wait for it.
    if (await this.flush(patience)) this.#target.close();
  }

  #lose(count: number): void {
    this.#lost += count;
    this.#untold += count;
  }

  async #run(): Promise<void> {
    // The caller's turn ends first, so that one write takes a burst of lines.
    await Promise.resolve();
    while (this.#lines.length > 0) {
      const target = this.#target;
      const chunk = this.#take();
      try {
        await this.#writeAll(target, chunk.bytes);
        this.#failure = undefined;
        this.#torn = false;
        if (chunk.told) this.#untold -= chunk.told;
      } catch (error) {
        this.#failure = error;
        this.#lose(chunk.lines);
      }
    }
    this.#pump = undefined;
  }

  #take(): { bytes: Uint8Array; lines: number; told: number } {
    const told = this.#untold;
    const parts: Uint8Array[] = [];
    // A line cut off by a full disk must not swallow the next one.
    if (this.#torn) parts.push(encoder.encode("\n"));
    if (told > 0) parts.push(encoder.encode(this.#notice(told)));
    let lines = 0;
    let size = 0;
    while (lines < this.#lines.length && (lines === 0 || size < CHUNK)) {
      size += this.#lines[lines]!.length;
      lines++;
    }
    parts.push(...this.#lines.splice(0, lines));
    this.#bytes -= size;
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { bytes, lines, told };
  }

  async #writeAll(target: Target, bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      try {
        const taken = await target.write(bytes.subarray(at));
        at += taken;
        this.#written += taken;
        this.#torn = at < bytes.length;
        this.#stuck = false;
      } catch (error) {
        // Standard error is a pipe or terminal that somebody made non-blocking.
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }
}
