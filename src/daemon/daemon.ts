/**
 * The daemon: log, signals and control socket on this thread, the kernel side
 * on its worker. Neither waits for the other.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import type { Settings } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import type { KernelEvent, VerdictEvent } from "../events/event.ts";
import { localLine, markLine, verdictLevel, verdictLine } from "../events/log_lines.ts";
import { type Log, logger } from "../log/log.ts";
import { textToByteString } from "../policy/bytes.ts";
import { AllowlistFile } from "./allowlist_file.ts";
import { Blocks } from "./blocks.ts";
import { AllowlistRefused, EngineClient } from "./engine_client.ts";
import type { EngineStatus, LiveSettings } from "./protocol.ts";

const daemonLog = logger("daemon");
const eventLog = logger("event");

/** How a daemon gets its settings again on SIGHUP. */
export type ReadSettings = () => Promise<Settings>;

/** What the daemon tells those who subscribed. */
export type BlockListener = (token: string, event: VerdictEvent) => void;

/** A daemon from start to end. */
export class Daemon {
  #settings: Settings;
  #allowlist: AllowlistFile;
  readonly #blocks = new Blocks();
  readonly #engine: EngineClient;
  readonly #log: Log;
  readonly #readSettings: ReadSettings;
  readonly #listeners = new Set<BlockListener>();

  /**
   * @param settings What to run with.
   * @param log The log, already open.
   * @param readSettings Reads the settings again on SIGHUP.
   */
  constructor(settings: Settings, log: Log, readSettings: ReadSettings) {
    this.#settings = settings;
    this.#log = log;
    this.#readSettings = readSettings;
    this.#allowlist = new AllowlistFile(settings.allowlist);
    this.#engine = new EngineClient((events) => this.#receive(events));
  }

  /** Settles when the kernel side has ended; rejects when it failed. */
  get ended(): Promise<void> {
    return this.#engine.ended;
  }

  /**
   * Starts everything.
   *
   * @param hashKey The host's key.
   * @throws {UserError} When the allowlist or the host can't be used.
   */
  async start(hashKey: Uint8Array): Promise<void> {
    const settings = this.#settings;
    const text = await this.#allowlist.read();
    try {
      const { rules, seeded } = await this.#engine.start({
        settings: liveSettings(settings),
        allowlist: text,
        hashKey,
        store: settings.hashDb,
        pid: Deno.pid,
      });
      daemonLog.info(
        `loaded ${rules.loaded} of ${rules.total} allowlist rules from ${settings.allowlist}`,
      );
      if (seeded > 0) daemonLog.info(`took over ${seeded} marks from ${settings.hashDb}`);
    } catch (error) {
      throw error instanceof AllowlistRefused ? refusal(settings.allowlist, error) : error;
    }
  }

  /** Says that everything is attached and seeded. */
  announce(): void {
    const { mode } = this.#settings;
    const name = mode[0]!.toUpperCase() + mode.slice(1);
    daemonLog.info(
      `linprov running (${name}). press Ctrl-C to exit, SIGHUP to reload the allowlist.`,
    );
  }

  /**
   * Reads configuration and allowlist again. What is wrong with either is
   * logged, and the old ones go on.
   */
  async reload(): Promise<void> {
    const path = this.#settings.allowlist;
    daemonLog.info(`SIGHUP received — reloading allowlist from ${path}`);
    try {
      const settings = await this.#readSettings();
      const live = { ...this.#settings, ...changeable(settings) };
      const text = await this.#allowlist.read();
      const rules = await this.#engine.reload(liveSettings(live), text);
      this.#settings = live;
      await this.#log.reopen(live);
      daemonLog.info(`loaded ${rules.loaded} of ${rules.total} allowlist rules from ${path}`);
    } catch (error) {
      if (error instanceof AllowlistRefused) {
        for (const { line, column, message } of error.errors) {
          daemonLog.error(`${path}:${line}:${column}: ${message}`);
        }
        daemonLog.error("the allowlist was not reloaded: the old rules stay");
      } else if (error instanceof UserError) {
        daemonLog.error(`${error.message}: the old settings and rules stay`);
      } else {
        throw error;
      }
    }
  }

  /**
   * Permits what was blocked.
   *
   * @param token The token of the block.
   * @param options `once`: until the daemon ends, never written to the file; `by`: who.
   * @returns The rule.
   * @throws {UserError} When the token isn't known or the file can't be written.
   */
  async allow(token: string, options: { once: boolean; by: string }): Promise<string> {
    const rule = this.#blocks.ruleFor(token);
    if (rule === null) {
      throw new UserError(`cannot allow ${token}`, "no such token since the daemon started", {
        exit: ExitCode.no,
        hint: "tokens are in the log, behind BLOCKED-EXEC and BLOCKED-SCRIPT",
      });
    }
    const text = options.once
      ? await this.#allowlist.addOnce(rule)
      : await this.#allowlist.add(rule);
    try {
      await this.#engine.reload(liveSettings(this.#settings), text);
    } catch (error) {
      throw error instanceof AllowlistRefused ? refusal(this.#settings.allowlist, error) : error;
    }
    daemonLog.info(`allowed${options.once ? " once" : ""} by ${options.by}: ${rule}`);
    return rule;
  }

  /** Calls `listener` for each block; returns what ends it. */
  subscribe(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The state, for `linprov status`. */
  async status(): Promise<EngineStatus & { logLost: number }> {
    return { ...await this.#engine.status(), logLost: this.#log.lost };
  }

  /** Ends enforcement. */
  async stop(): Promise<void> {
    await this.#engine.stop();
    daemonLog.info("linprov stopped: nothing is marked or refused any more");
  }

  #receive(events: KernelEvent[]): void {
    for (const event of events) this.#tell(event);
  }

  #tell(event: KernelEvent): void {
    switch (event.type) {
      case "mark": {
        const { message, properties } = markLine(event);
        eventLog.debug(message, properties);
        break;
      }
      case "local": {
        const { message, properties } = localLine(event);
        eventLog.debug(message, properties);
        break;
      }
      case "verdict":
        this.#tellVerdict(event);
        break;
    }
  }

  #tellVerdict(event: VerdictEvent): void {
    const token = event.answer === "block" ? this.#blocks.add(event) : undefined;
    const rule = this.#allowlist.rule(event.rule);
    // Observe and soak log what ran, and what enforcement would have said of it.
    const answers = event.answer === "would-block" ? ["allow", "would-block"] as const : [
      event.answer,
    ];
    for (const answer of answers) {
      const { message, properties } = verdictLine({ ...event, answer }, {
        ...(token ? { token } : {}),
        ...(rule ? { rule: { line: rule.line, text: textToByteString(rule.text) } } : {}),
      });
      eventLog[verdictLevel(answer)](message, properties);
    }
    if (token) { for (const listener of this.#listeners) listener(token, event); }
  }
}

/** The settings that SIGHUP changes. */
function changeable(settings: Settings): Partial<Settings> {
  const { mode, markLocalhost, interpreters, zones, logLevel, logFile, logFormat } = settings;
  return { mode, markLocalhost, interpreters, zones, logLevel, logFile, logFormat };
}

function liveSettings(settings: Settings): LiveSettings {
  return {
    mode: settings.mode,
    markLocalhost: settings.markLocalhost,
    interpreters: [...settings.interpreters],
    zones: settings.zones.map(({ name, networks }) => ({
      name,
      networks: networks.map(({ bytes, prefix }) => ({ bytes, prefix })),
    })),
  };
}

function refusal(path: string, { errors }: AllowlistRefused): UserError {
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const why = first ? `${first.line}:${first.column}: ${first.message}${more}` : "it has errors";
  return new UserError(`cannot use the allowlist ${path}`, why, {
    exit: ExitCode.config,
    hint: first?.hint ?? `see all of them: linprov check ${path}`,
  });
}
