/**
 * Standard output and standard error, as commands see them.
 *
 * @module
 */

/** Where a command prints. */
export interface Output {
  /** Prints to standard output; a line break is the caller's. */
  print(text: string): void;
  /** Prints to standard error. */
  warn(text: string): void;
  /** The width to wrap text at, in columns. */
  readonly columns: number;
  /** Standard output understands colours and nobody declined them. */
  readonly colors: boolean;
}

/** The reader of standard output has gone: nothing is left to be done, and that is no error. */
export class OutputClosed extends Error {
  override name = "OutputClosed";
}

/** What {@linkcode StandardOutput} needs of `Deno.stdout` and `Deno.stderr`. */
export interface SyncStream {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/** The real thing. */
export class StandardOutput implements Output {
  readonly columns: number;
  readonly colors: boolean;
  readonly #out: SyncStream;
  readonly #err: SyncStream;

  /**
   * @param env The environment, for `NO_COLOR`, `TERM` and `COLUMNS`.
   * @param out Standard output.
   * @param err Standard error.
   */
  constructor(
    env: (name: string) => string | undefined,
    out: SyncStream = Deno.stdout,
    err: SyncStream = Deno.stderr,
  ) {
    this.#out = out;
    this.#err = err;
    const terminal = out.isTerminal();
    // https://no-color.org: present and not empty.
    this.colors = terminal && !env("NO_COLOR") && env("TERM") !== "dumb";
    this.columns = Math.max(40, Math.min(terminal ? terminalColumns(env) : 80, 100));
  }

  print(text: string): void {
    try {
      writeAll(this.#out, text);
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) {
        throw new OutputClosed("Standard output was closed", { cause: error });
      }
      throw error;
    }
  }

  warn(text: string): void {
    try {
      writeAll(this.#err, text);
    } catch (error) {
      // Nobody reads, and there is nowhere left to say so.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }
}

function terminalColumns(env: (name: string) => string | undefined): number {
  try {
    const { columns } = Deno.consoleSize();
    if (columns > 0) return columns;
  } catch {
    // No size to be had (a serial console): what the shell says, or the usual.
  }
  const said = Number(env("COLUMNS"));
  return Number.isInteger(said) && said > 0 ? said : 80;
}

const encoder = new TextEncoder();

function writeAll(stream: SyncStream, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(stream.writeSync(bytes));
    } catch (error) {
      // Somebody who shares this pipe or terminal made it non-blocking.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
