/**
 * What the kernel decides by: the settings and the rules. They change for
 * several reasons (SIGHUP, `linprov allow`, what was learned, a trial that
 * failed), one after the other, each from what the one before has left.
 *
 * @module
 */

import type { Settings } from "../config/settings.ts";
import type { AllowlistFile } from "./allowlist_file.ts";
import type { EngineClient } from "./engine_client.ts";
import { liveSettings } from "./live_settings.ts";
import type { Reloaded } from "./protocol.ts";

/** Settings that are to be in force. */
export interface NextSettings {
  now: Settings;
  /** Keys of the configuration that were changed and can't be, before the next start. */
  restart: string[];
}

/** Changes of settings and rules. */
export class RulesInForce {
  readonly #engine: Pick<EngineClient, "reload">;
  readonly #allowlist: AllowlistFile;
  #settings: Settings;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param engine The kernel side.
   * @param allowlist The rules.
   * @param settings What the kernel side starts with.
   */
  constructor(
    engine: Pick<EngineClient, "reload">,
    allowlist: AllowlistFile,
    settings: Settings,
  ) {
    this.#engine = engine;
    this.#allowlist = allowlist;
    this.#settings = settings;
  }

  /** The settings in force. */
  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Makes other settings out of those in force, and reads the rules again.
   *
   * @param make Gets the settings in force once all changes before are done.
   * @returns What it was, and what the kernel has now.
   * @throws {AllowlistRefused} When the allowlist has errors; all stays as it was, also when `make`
   * fails.
   */
  change(
    make: (before: Settings) => Promise<NextSettings>,
  ): Promise<NextSettings & { before: Settings; rules: Reloaded }> {
    return this.#inTurn(async () => {
      const before = this.#settings;
      const next = await make(before);
      const rules = await this.#load(next.now);
      this.#settings = next.now;
      return { ...next, before, rules };
    });
  }

  /** From now on only observes, even if the rules can't be read just now. */
  observe(): Promise<Reloaded> {
    return this.#inTurn(() => {
      this.#settings = { ...this.#settings, mode: "observe" };
      return this.#load(this.#settings);
    });
  }

  /** Reads the rules again. */
  reload(): Promise<Reloaded> {
    return this.#inTurn(() => this.#load(this.#settings));
  }

  /**
   * Permits something more. The kernel has taken the rule before it is written, so that no file
   * comes about that the next start refuses.
   *
   * @param rule The rule, as it is printed.
   * @param options `once`: until the daemon ends, never written.
   * @throws {AllowlistRefused} When the allowlist has errors, or no room; all stays as it was.
   * @throws {UserError} When the file can't be written; all stays as it was.
   */
  add(rule: string, { once }: { once: boolean }): Promise<void> {
    return this.#inTurn(async () => {
      const settings = liveSettings(this.#settings);
      await this.#engine.reload(settings, await this.#allowlist.readWith(rule, { once }));
      if (once) {
        this.#allowlist.addOnce(rule);
        return;
      }
      try {
        await this.#allowlist.add(rule);
      } catch (error) {
        await this.#load(this.#settings);
        throw error;
      }
    });
  }

  async #load(settings: Settings): Promise<Reloaded> {
    return await this.#engine.reload(liveSettings(settings), await this.#allowlist.read());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
