/**
 * The main thread's end of the worker: requests with answers, and a stream of
 * events. Nothing here blocks.
 *
 * @module
 */

import { WakeUp } from "../../ffi/wake_up.ts";
import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import type { FileId, KernelEvent } from "../events/event.ts";
import type { ByteString } from "../policy/bytes.ts";
import type { Finding } from "../policy/rule.ts";
import type { Losses } from "./losses.ts";
import type { Distrusted } from "./package_check.ts";
import {
  type EngineStatus,
  type LiveSettings,
  type PolicyText,
  type Reloaded,
  type Report,
  type Request,
  type Started,
  type StartRequest,
  TOLD_AFTER,
  type UnusedPage,
  type UnusedPlace,
} from "./protocol.ts";
import { spawnSelfWorker } from "./self_worker.ts";

/** The name under which main.ts knows the worker. */
export const ENGINE_WORKER = "linprov-bpf";

/** An allowlist that was not taken over. */
export class AllowlistRefused extends Error {
  override name = "AllowlistRefused";

  /** @param errors What is wrong, with line and column. */
  constructor(readonly errors: readonly Finding[]) {
    super(`The allowlist has ${errors.length} errors`);
  }
}

/** Whom the kernel side tells what it says by itself. */
export interface EngineListener {
  /** What the kernel reports, in order. Nothing else is heard until it is told. */
  onEvents: (events: KernelEvent[]) => Promise<void>;
  /** All losses so far, now and then. */
  onLosses: (losses: Losses) => void;
  /** After the store was lost: all files have been looked at. */
  onRestored: (found: { looked: number; restored: number }) => void;
  /** Files have lost the trust in their writer. */
  onDistrusted: (files: Distrusted[]) => void;
}

/** The worker, as the daemon sees it. */
export class EngineClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<Report>>();
  readonly #started = Promise.withResolvers<Report>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #listener: EngineListener;
  // The worker waits in native code. As long as the program: nobody else may get its number.
  readonly #wakeUp = new WakeUp();
  #next = 1;
  // What the worker says by itself is heard in order.
  #received: Promise<void> = Promise.resolve();
  #told = 0;

  /** @param listener Gets what the kernel side says by itself. */
  constructor(listener: EngineListener) {
    this.#listener = listener;
    // Nobody may wait for the end; a failure reaches those who do.
    this.#ended.promise.catch(() => {});
    this.#started.promise.catch(() => {});
    this.#worker = spawnSelfWorker(ENGINE_WORKER);
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`The kernel side ended: ${event.message}`));
    };
  }

  /** Settles when the worker has ended; rejects when it failed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /**
   * Starts the kernel side.
   *
   * @returns Once everything is attached and seeded.
   * @throws {AllowlistRefused} When the allowlist has errors.
   * @throws {UserError} When the host can't.
   */
  async start(request: Omit<StartRequest, "type" | "wakeUp">): Promise<Started> {
    this.#worker.postMessage({ type: "start", wakeUp: this.#wakeUp.number, ...request });
    const report = await this.#started.promise;
    if (report.type === "running") return report;
    throw failure(report);
  }

  /**
   * Replaces policy and settings.
   *
   * @throws {AllowlistRefused} When the allowlist has errors; the old rules stay.
   */
  async reload(settings: LiveSettings, allowlist: PolicyText): Promise<Reloaded> {
    const report = await this.#ask((id) => ({ type: "reload", id, settings, allowlist }));
    if (report.type === "reloaded") return report.rules;
    throw failure(report);
  }

  /**
   * The state of the kernel side.
   *
   * @param options `hits`: also how often each rule has matched.
   */
  async status({ hits }: { hits: boolean }): Promise<EngineStatus> {
    const report = await this.#ask((id) => ({ type: "status", id, hits }));
    if (report.type === "status") return report.status;
    throw failure(report);
  }

  /**
   * Some of the rules that have matched nothing.
   *
   * @param from Where the page begins; null is the first.
   * @returns Null when other rules are in force by now.
   */
  async unused(from: UnusedPlace | null): Promise<UnusedPage | null> {
    const report = await this.#ask((id) => ({ type: "unused", id, from }));
    if (report.type === "unused") return report.page;
    throw failure(report);
  }

  /**
   * Ends the trial: when this resolves, enforcement stays.
   */
  async confirm(): Promise<void> {
    const report = await this.#ask((id) => ({ type: "confirm", id }));
    if (report.type !== "confirmed") throw failure(report);
  }

  /**
   * Works out the SHA-256 of a file.
   *
   * @param path Where it was.
   * @param file Who it is.
   * @returns The digest in hex; null, and why, when it can't be had or no rule could name it.
   */
  async digest(path: ByteString, file: FileId): Promise<{ sha256: string | null; why: string }> {
    const report = await this.#ask((id) => ({ type: "digest", id, path, file }));
    if (report.type === "digest") return report;
    throw failure(report);
  }

  /**
   * Ends the kernel side.
   *
   * @param keep What is attached stays, for the next daemon to take over; else it is detached when
   * this resolves.
   */
  async stop(keep: boolean): Promise<void> {
    this.#post({ type: "stop", keep });
    await this.ended;
  }

  #ask(make: (id: number) => Request): Promise<Report> {
    const id = this.#next++;
    const answer = Promise.withResolvers<Report>();
    this.#waiting.set(id, answer);
    this.#post(make(id));
    return answer.promise;
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
    this.#wakeUp.wake();
  }

  #receive(report: Report): void {
    if ("id" in report && report.id !== null) {
      this.#answer(report.id, report);
      return;
    }
    this.#received = this.#received
      .then(() => this.#hear(report))
      .catch((error) => this.#fail(error));
  }

  async #hear(report: Report): Promise<void> {
    switch (report.type) {
      case "running":
        this.#started.resolve(report);
        break;
      case "events":
        await this.#listener.onEvents(report.events);
        this.#told += report.events.length;
        if (this.#told < TOLD_AFTER) break;
        this.#post({ type: "told", events: this.#told });
        this.#told = 0;
        break;
      case "losses":
        this.#listener.onLosses(report.losses);
        break;
      case "restored":
        this.#listener.onRestored(report);
        break;
      case "distrusted":
        this.#listener.onDistrusted(report.files);
        break;
      case "stopped":
        this.#ended.resolve();
        break;
      case "failed":
        this.#fail(failure(report));
        break;
      case "refused":
        this.#started.resolve(report);
        break;
    }
  }

  #answer(id: number, report: Report): void {
    this.#waiting.get(id)?.resolve(report);
    this.#waiting.delete(id);
  }

  #fail(error: Error): void {
    this.#started.reject(error);
    this.#ended.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function failure(report: Report): Error {
  if (report.type === "refused") return new AllowlistRefused(report.errors);
  if (report.type === "kept") {
    const { what, why, log } = report;
    return new UserError(what, why, { exit: ExitCode.host, ...(log ? { cause: log } : {}) });
  }
  if (report.type === "failed") {
    const { what, why, hint, exit, log } = report;
    return new UserError(what, why, {
      exit,
      ...(hint ? { hint } : {}),
      ...(log ? { cause: log } : {}),
    });
  }
  return new UserError("cannot understand the kernel side", `it said ${report.type}`, {
    exit: ExitCode.internal,
  });
}
