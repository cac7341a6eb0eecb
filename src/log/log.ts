/**
 * Sets logging up: LogTape in front, a {@linkcode LineWriter} behind it.
 *
 * @module
 */

import { configureSync, getLogger, type LogRecord, resetSync } from "@logtape/logtape";
import { ExitCode } from "../cli/exit.ts";
import type { LogLevel } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import type { EventLine } from "./event_line.ts";
import { type Formatter, FORMATTERS, JOURNAL_FORMATTERS } from "./format.ts";
import { stderrIsJournal } from "./journal.ts";
import { LineWriter, type Target } from "./line_writer.ts";

/** What the settings say about the log. */
export interface LogOptions {
  /** The least severe level that is logged. */
  logLevel: LogLevel;
  /** What a line looks like. */
  logFormat: "text" | "json";
  /** The file the log is appended to; null is standard error. */
  logFile: string | null;
}

/** A part of the program that logs. The message stands as it is: braces are no placeholders. */
export interface Logger {
  trace(message: string, properties?: Record<string, unknown>): void;
  debug(message: string, properties?: Record<string, unknown>): void;
  info(message: string, properties?: Record<string, unknown>): void;
  warn(message: string, properties?: Record<string, unknown>): void;
  error(message: string, properties?: Record<string, unknown>): void;
}

/**
 * The logger of a part of the program. It can be had before logging is set up
 * and says nothing until then.
 *
 * @param part The last part of the category: `linprov.PART`.
 * @returns The logger.
 */
export function logger(part: string): Logger {
  return getLogger(["linprov", part]);
}

/** What is logged. */
export interface LogLine extends EventLine {
  level: keyof Logger;
}

/**
 * Logs a line.
 *
 * @param log Who says it.
 * @param line What is said.
 */
export function say(log: Logger, { level, message, properties }: LogLine): void {
  log[level](message, properties);
}

/** Where standard error goes; something else in tests. */
export interface StandardError {
  /** Opens it. */
  open: () => Target;
  /** It goes to systemd's journal. */
  journal: boolean;
}

/** The log of a running daemon. There is one at a time. */
export class Log implements AsyncDisposable {
  readonly #writer: LineWriter;
  readonly #stderr: StandardError;
  #options: LogOptions;
  #format: Formatter;

  private constructor(options: LogOptions, target: Target, stderr: StandardError) {
    this.#options = options;
    this.#stderr = stderr;
    this.#format = formatter(options, stderr);
    this.#writer = new LineWriter(target, { notice: (lost) => this.#notice(lost) });
    this.#configure();
  }

  /**
   * Starts logging.
   *
   * @param options What the settings say.
   * @param stderr Standard error, another target in tests.
   * @returns The log.
   * @throws {UserError} If the log file can't be opened.
   */
  static async open(options: LogOptions, stderr: StandardError = standardError()): Promise<Log> {
    return new Log(options, await openTarget(options.logFile, stderr), stderr);
  }

  /** How many lines were lost since the start. */
  get lost(): number {
    return this.#writer.lost;
  }

  /**
   * Applies changed settings and opens the log file again, as log rotation
   * wants it on SIGHUP. If that fails, logging goes on as before.
   *
   * @param options What the settings say now.
   * @throws {UserError} If the log file can't be opened.
   */
  async reopen(options: LogOptions): Promise<void> {
    const target = await openTarget(options.logFile, this.#stderr);
    this.#options = options;
    this.#format = formatter(options, this.#stderr);
    this.#writer.replace(target);
    this.#configure();
  }

  /** Waits until there is room for many lines, as {@linkcode LineWriter.room} does. */
  room(): Promise<void> {
    return this.#writer.room();
  }

  /**
   * Waits until everything is written.
   *
   * @param patience The most milliseconds to wait.
   * @returns Whether nothing waits any more.
   */
  flush(patience: number): Promise<boolean> {
    return this.#writer.flush(patience);
  }

  /** Ends logging; what can't be written within a second is given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    resetSync();
    await this.#writer.close(1000);
  }

  #configure(): void {
    const sink = (record: LogRecord) => this.#writer.write(this.#format(record));
    const { logLevel } = this.#options;
    configureSync({
      reset: true,
      sinks: { log: sink },
      loggers: [
        {
          category: "linprov",
          sinks: ["log"],
          lowestLevel: logLevel === "warn" ? "warning" : logLevel,
        },
        { category: ["logtape", "meta"], sinks: ["log"], lowestLevel: "error" },
      ],
    });
  }

  #notice(lost: number): string {
    const text = `${lost} log lines were lost`;
    return this.#format({
      category: ["linprov", "log"],
      level: "warning",
      message: [text],
      rawMessage: text,
      timestamp: Date.now(),
      properties: { event: "LOG-LOST", lost },
    });
  }
}

function standardError(): StandardError {
  return {
    open: () => ({ write: (bytes) => Deno.stderr.write(bytes), close: () => {} }),
    journal: stderrIsJournal(),
  };
}

function formatter({ logFormat, logFile }: LogOptions, stderr: StandardError): Formatter {
  const journal = logFile === null && stderr.journal;
  return (journal ? JOURNAL_FORMATTERS : FORMATTERS)[logFormat];
}

async function openTarget(path: string | null, stderr: StandardError): Promise<Target> {
  if (path === null) return stderr.open();
  const fail = (why: string, cause?: unknown) =>
    new UserError(`cannot open the log file ${path}`, why, { exit: ExitCode.config, cause });
  try {
    // Opening a FIFO nobody reads would wait for ever.
    const info = await Deno.stat(path).catch(() => null);
    if (info && !info.isFile && !info.isCharDevice) throw fail("it is not a regular file");
    const file = await Deno.open(path, { append: true, create: true, mode: 0o600 });
    return { write: (bytes) => file.write(bytes), close: () => file.close() };
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    throw fail(error.message.replace(/ \(os error \d+\).*/, ""), error);
  }
}
