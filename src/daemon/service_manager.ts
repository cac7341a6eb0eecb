/**
 * The daemon as a service of systemd: it says when it runs, reloads and stops,
 * and feeds the watchdog as long as the kernel side answers.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";
import { notifyServiceManager } from "../../ffi/process.ts";
import { output, type Run } from "../host/install/run.ts";
import { logger } from "../log/log.ts";
import type { EngineStatus } from "./protocol.ts";

/** What a {@linkcode ServiceManager} needs; the default is the real thing. */
export interface ServiceManagerOptions {
  /** The environment: `WATCHDOG_USEC`. */
  env: (name: string) => string | undefined;
  /** Sends lines as sd_notify(3) does; without a manager it does nothing. */
  notify?: (state: string) => boolean;
  /** Starts systemctl. */
  run?: Run;
  /** What /proc/self/cgroup says. */
  cgroup?: () => string;
}

/** How often in a watchdog period the daemon reports; one report may be late. */
const REPORTS_A_PERIOD = 3;

/** systemd, or nobody. */
export class ServiceManager implements Disposable {
  readonly #notify: (state: string) => boolean;
  readonly #managed: boolean;
  readonly #run: Run;
  readonly #cgroup: () => string;
  readonly #interval: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;

  /** @param options Where it is. */
  constructor(options: ServiceManagerOptions) {
    const { env, notify = notifyServiceManager, run = output, cgroup = ownCgroup } = options;
    this.#notify = notify;
    this.#managed = env("NOTIFY_SOCKET") !== undefined;
    this.#run = run;
    this.#cgroup = cgroup;
    const period = Number(env("WATCHDOG_USEC")) / 1000;
    this.#interval = period > 0 ? period / REPORTS_A_PERIOD : undefined;
  }

  /**
   * Everything is attached and seeded. From now on the watchdog is fed, if
   * there is one.
   *
   * @param ask Asks the kernel side for its state. As long as that takes, the
   * watchdog gets nothing: a worker that hangs ends the daemon.
   */
  ready(ask: () => Promise<EngineStatus>): void {
    this.#running = true;
    this.#tell("READY=1");
    void this.#report(ask);
  }

  /** Configuration and allowlist are being read again. */
  reloading(): void {
    if (this.#running) this.#tell("RELOADING=1");
  }

  /** They have been read. */
  reloaded(): void {
    if (this.#running) this.#tell("READY=1");
  }

  /**
   * Whether the daemon is ended only to be started again. A service is ended
   * by the same signal either way; the manager's queue tells.
   *
   * @returns False also when nobody can say: enforcement without anybody who could permit
   * something is worse than a gap.
   */
  async isRestarting(): Promise<boolean> {
    const unit = this.#managed ? unitOf(this.#cgroup()) : undefined;
    if (unit === undefined) return false;
    const answer = await this.#run("systemctl", ["--no-pager", "--no-legend", "list-jobs", unit])
      .catch(() => undefined);
    // Number, unit, what is done, how far it is.
    return answer?.code === 0 && /^\s*\d+\s+\S+\s+restart\s/m.test(answer.out);
  }

  /** The daemon ends. */
  stopping(): void {
    this[Symbol.dispose]();
    this.#tell("STOPPING=1\nSTATUS=Stopping");
  }

  /** Ends the reports. */
  [Symbol.dispose](): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  async #report(ask: () => Promise<EngineStatus>): Promise<void> {
    try {
      const status = statusText(await ask());
      if (!this.#running) return;
      this.#tell(
        this.#interval === undefined ? `STATUS=${status}` : `WATCHDOG=1\nSTATUS=${status}`,
      );
    } catch {
      // The kernel side has failed: the daemon ends with its error.
      return;
    }
    if (this.#interval === undefined) return;
    this.#timer = setTimeout(() => void this.#report(ask), this.#interval);
  }

  #tell(state: string): void {
    try {
      this.#notify(state);
    } catch (error) {
      // The manager is restarting, or gone: what runs goes on.
      logger("daemon").debug(error instanceof Error ? error.message : String(error));
    }
  }
}

function ownCgroup(): string {
  return new TextDecoder().decode(readFile("/proc/self/cgroup"));
}

/** The service that a process belongs to, as the last line of its cgroups names it (cgroup v2). */
function unitOf(cgroup: string): string | undefined {
  return /\/([^/\n]+\.service)\s*$/.exec(cgroup)?.[1];
}

function statusText({ mode, rules, stored }: EngineStatus): string {
  const name = mode[0]!.toUpperCase() + mode.slice(1);
  return `${name}: ${count(rules.loaded, "rule")}, ${count(stored, "marked file")}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
