/**
 * Two failed boots fall back to observe: keeps the record of boots, and looks
 * out for what shows that this one can be used.
 *
 * @module
 */

import { readFolder } from "../../ffi/paths.ts";
import type { Settings } from "../config/settings.ts";
import { bootId } from "../host/boot_clock.ts";
import { remove, replaceFile } from "../host/install/files.ts";
import { output, type Run } from "../host/install/run.ts";
import { logger, say } from "../log/log.ts";
import { bytesToByteString } from "../policy/bytes.ts";
import {
  beginBoot,
  type BootRecord,
  endFallback,
  goodness,
  parseBootRecord,
  withoutBoot,
} from "./boot_record.ts";
import { bootIsGood, failedBoots } from "./life_lines.ts";
import { STATE_FOLDER } from "./state.ts";
import { isAtTerminal, sessionOf } from "./trial.ts";

const log = logger("daemon");

/** Milliseconds between two looks at the machine. */
const LOOK_MS = 5000;

/** What {@linkcode Boots} needs; the default is the real thing. */
export interface BootsOptions {
  /** Where the record is. */
  folder?: string;
  /** The kernel's id of this boot. */
  boot?: string;
  /** Starts systemctl. */
  run?: Run;
  /** Whether somebody has logged in. */
  login?: () => boolean;
  /** Milliseconds between two looks. */
  every?: number;
}

/** What counts of the kernel side's state. */
interface Refusals {
  counters: Record<string, number>;
}

/** The boots of a machine on which linprov is a service that enforces. */
export class Boots implements Disposable {
  #record: BootRecord;
  readonly #file: string;
  readonly #run: Run;
  readonly #login: () => boolean;
  readonly #every: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #ended = false;

  private constructor(record: BootRecord, file: string, options: BootsOptions) {
    this.#record = record;
    this.#file = file;
    this.#run = options.run ?? output;
    this.#login = options.login ?? someoneLoggedIn;
    this.#every = options.every ?? LOOK_MS;
  }

  /**
   * Notes that this boot is about to be one under enforcement.
   *
   * @param enforces Whether the configuration says so. Otherwise what was counted is forgotten:
   * somebody has changed it.
   * @param options Where and how.
   * @returns Null when there is nothing to count: enforcement isn't wanted, or a person has
   * started linprov.
   */
  static async begin(enforces: boolean, options: BootsOptions = {}): Promise<Boots | null> {
    const file = `${options.folder ?? STATE_FOLDER}/boot.json`;
    if (!enforces) {
      await remove(file);
      return null;
    }
    const before = parseBootRecord(await Deno.readTextFile(file).catch(() => ""));
    const boots = new Boots(beginBoot(before, options.boot ?? bootId()), file, options);
    await boots.#keep(boots.#record);
    return boots;
  }

  /** How many boots in a row have failed before this one. */
  get failed(): number {
    return this.#record.failed;
  }

  /** Nothing is refused in this boot. */
  get observes(): boolean {
    return this.#record.observes;
  }

  /** The settings that hold in this boot. */
  settings(settings: Settings): Settings {
    if (!this.observes || settings.mode !== "enforce") return settings;
    return { ...settings, mode: "observe" };
  }

  /**
   * Says what was found, and looks from now on for what shows that the boot is good.
   *
   * @param ask Asks the kernel side for its state.
   */
  watch(ask: () => Promise<Refusals>): void {
    if (this.failed > 0) say(log, failedBoots(this.failed, this.observes));
    const started = performance.now();
    const look = async () => {
      try {
        if (await this.#look(ask, started) || this.#ended) return;
      } catch (error) {
        log.warn(error instanceof Error ? error.message : String(error));
      }
      this.#timer = setTimeout(() => void look(), this.#every);
    };
    void look();
  }

  /** Nothing came to be enforced. */
  async gaveUp(): Promise<void> {
    this[Symbol.dispose]();
    await this.#keep(withoutBoot(this.#record));
  }

  /** Somebody who can use the machine wants enforcement. */
  async confirm(): Promise<void> {
    await this.#keep(endFallback(this.#record));
  }

  /**
   * The daemon was told to end. Whoever does that by hand can use the machine; at a shutdown it
   * means nothing, and without a service manager nobody can tell.
   */
  async stopped(): Promise<void> {
    this[Symbol.dispose]();
    if (await this.#systemState() !== "stopping") await this.#keep(endFallback(this.#record));
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** Returns whether that was the last time. */
  async #look(ask: () => Promise<Refusals>, started: number): Promise<boolean> {
    const state = await ask().catch(() => null);
    // Without one the kernel side has failed: the daemon ends with its error.
    if (state === null) return true;
    const found = goodness({
      login: this.#login(),
      up: /^(running|degraded)$/.test(await this.#systemState()),
      refused: (state.counters.blocked ?? 0) > 0,
      age: performance.now() - started,
    });
    if (this.#ended) return true;
    const good = found !== null;
    if (good !== this.#record.good) {
      if (found) say(log, bootIsGood(found.why));
      await this.#keep({ ...this.#record, good });
    }
    return found?.final ?? false;
  }

  /** As systemd calls it; "offline" or nothing where it doesn't run. */
  async #systemState(): Promise<string> {
    const answer = await this.#run("systemctl", ["is-system-running"]).catch(() => undefined);
    return answer?.out.trim() ?? "";
  }

  /** One after the other, and on the disk when this resolves: a power cut may be next. */
  #keep(record: BootRecord): Promise<void> {
    this.#record = record;
    this.#writing = this.#writing
      .then(async () => void await replaceFile(this.#file, `${JSON.stringify(record)}\n`, 0o600))
      .catch((error) => {
        const why = error instanceof Error ? error.message : String(error);
        log.warn(`cannot write ${this.#file}: ${why}: failed boots aren't counted`);
      });
    return this.#writing;
  }
}

/** Whether this program was started by the machine, not by a person. */
export function isService(): boolean {
  return sessionOf(Deno.pid).audit === null;
}

/** Whether there is a login with a terminal; jobs of cron have none. */
function someoneLoggedIn(): boolean {
  const names = readFolder("/proc").map(({ name }) => bytesToByteString(name));
  return names.some((name) => /^\d+$/.test(name) && isAtTerminal(Number(name)));
}
