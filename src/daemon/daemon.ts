/**
 * The daemon: log, signals and control socket on this thread, the kernel side
 * on its worker. Neither waits for the other.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { existsSync } from "node:fs";
import { changedKeys } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import type { Peer } from "../control/protocol.ts";
import { UserError } from "../errors.ts";
import type { KernelEvent, VerdictEvent } from "../events/event.ts";
import { CONFIG_FOLDER } from "../host/install/places.ts";
import { type Log, logger, say } from "../log/log.ts";
import type { Facts } from "../policy/facts.ts";
import { placeOf } from "../policy/rule.ts";
import { printRule } from "../policy/print.ts";
import { AllowlistFile } from "./allowlist_file.ts";
import { Blocks, factsOf } from "./blocks.ts";
import type { Boots } from "./boots.ts";
import { AllowlistRefused, EngineClient } from "./engine_client.ts";
import { LearnedRules } from "./learned.ts";
import { tellEvent, tellVerdict } from "./event_log.ts";
import { requireDigests } from "./host_check.ts";
import * as life from "./life_lines.ts";
import { changeable, liveSettings, wantsDigests } from "./live_settings.ts";
import { type Losses, newLosses } from "./losses.ts";
import type { EngineStatus, Started, UnusedPlace } from "./protocol.ts";
import { RulesInForce } from "./rules_in_force.ts";
import { Soak } from "./soak.ts";
import type { HostKey } from "./state.ts";
import { type DaemonStatus, describeDaemon } from "./status.ts";
import { describeUnused, type UnusedRulesPage } from "./unused_page.ts";
import { isNewSession, sessionOf, startOf } from "./trial.ts";

const daemonLog = logger("daemon");
const tell = (line: life.LifeLine) => say(daemonLog, line);

/** How a daemon gets its settings again on SIGHUP. */
export type ReadSettings = () => Promise<Settings>;

/** What a daemon does besides what the settings say. */
export interface DaemonOptions {
  /** Where soak writes its rules; the allowlist unless this is given, null is nowhere. */
  soakOutput?: AllowlistFile | null;
  /** Whether boots failed; null where that isn't counted. */
  boots?: Boots | null;
}

/** Enforcement that ends unless somebody confirms it. */
interface Trial {
  milliseconds: number;
  /** Milliseconds since the epoch. */
  ends: number;
  timer: ReturnType<typeof setTimeout>;
}

/** What the daemon tells those who subscribed. */
export type BlockListener = (token: string, event: VerdictEvent) => void;

/** A daemon from start to end. */
export class Daemon {
  readonly #allowlist: AllowlistFile;
  readonly #rules: RulesInForce;
  readonly #blocks = new Blocks();
  readonly #engine: EngineClient;
  readonly #log: Log;
  readonly #readSettings: ReadSettings;
  readonly #listeners = new Set<BlockListener>();
  readonly #soakOutput: AllowlistFile | null;
  readonly #boots: Boots | null;
  /** What was learned since this daemon started, in mode soak. */
  readonly soak: Soak;
  // What was learned on this host.
  readonly #learned = new LearnedRules();
  // Rules are written one after the other, and taken over together a little later.
  #writing: Promise<void> = Promise.resolve();
  #takeOver: ReturnType<typeof setTimeout> | undefined;
  #trial: Trial | undefined;
  #lossesTold: Losses = {};
  readonly #started = Date.now();
  // A trial that failed isn't begun again by a reload.
  #fellBack = false;
  #isProtected = false;

  /**
   * @param settings What to run with.
   * @param log The log, already open.
   * @param readSettings Reads the settings again on SIGHUP.
   * @param options What the settings don't say.
   */
  constructor(
    settings: Settings,
    log: Log,
    readSettings: ReadSettings,
    options: DaemonOptions = {},
  ) {
    this.#log = log;
    this.#readSettings = readSettings;
    this.#allowlist = new AllowlistFile(settings.allowlist);
    this.#soakOutput = options.soakOutput === undefined ? this.#allowlist : options.soakOutput;
    this.#boots = options.boots ?? null;
    this.soak = new Soak(settings.soak);
    this.#engine = new EngineClient({
      onEvents: (events) => {
        for (const event of events) this.#tell(event);
        return this.#log.room();
      },
      onLosses: (losses) => this.#tellLosses(losses),
      onRestored: (found) => tell(life.restored(found)),
      onDistrusted: (files) => files.forEach((file) => tell(life.distrusted(file))),
    });
    this.#rules = new RulesInForce(this.#engine, this.#allowlist, settings);
  }

  get #settings(): Settings {
    return this.#rules.settings;
  }

  /** Settles when the kernel side has ended; rejects when it failed. */
  get ended(): Promise<void> {
    return this.#engine.ended;
  }

  /**
   * Starts everything.
   *
   * @param hashKey The host's key.
   * @param options `trial`: after so many milliseconds without {@linkcode confirm} the daemon only
   * observes.
   * @throws {UserError} When the allowlist or the host can't be used.
   */
  async start(hashKey: HostKey, options: { trial?: number | undefined } = {}): Promise<void> {
    const settings = this.#settings;
    const trial = settings.mode === "enforce" ? options.trial ?? null : null;
    if (wantsDigests(settings)) requireDigests();
    const text = await this.#allowlist.read();
    try {
      const started = await this.#engine.start({
        settings: liveSettings(settings),
        allowlist: text,
        hashKey: hashKey.bytes,
        store: settings.hashDb,
        hadStore: !hashKey.isNew,
        isSetUp: existsSync(CONFIG_FOLDER),
        pid: Deno.pid,
        trial,
      });
      if (trial !== null) this.#awaitConfirmation(trial);
      this.#tellStarted(started);
    } catch (error) {
      throw error instanceof AllowlistRefused ? refusal(settings.allowlist, error) : error;
    }
  }

  /** Says that everything is attached and seeded. */
  announce(): void {
    tell(life.running(this.#settings.mode));
    const trial = this.#trial;
    if (trial) tell(life.trialBegins(trial.milliseconds / 1000));
  }

  /**
   * Reads configuration and allowlist again. What is wrong with either is
   * logged, and the old ones go on.
   */
  async reload(): Promise<void> {
    const path = this.#settings.allowlist;
    tell(life.reloading(path));
    try {
      const { before, now, rules, restart } = await this.#rules.change(async (before) => {
        const settings = await this.#readSettings();
        const now = { ...before, ...changeable(settings) };
        if (this.#fellBack && now.mode === "enforce") now.mode = "observe";
        if (wantsDigests(now)) requireDigests();
        return { now, restart: changedKeys(before, settings).restart };
      });
      await this.#log.reopen(now);
      tell(life.rulesLoaded(rules, path));
      this.#tellGuards(before.guards, now);
      this.#tellSelf(rules.isProtected);
      this.#tellDetectors(before.detectors, now);
      if (restart.length > 0) tell(life.needsRestart(restart));
    } catch (error) {
      if (error instanceof AllowlistRefused) {
        for (const each of error.errors) tell(life.mistake(path, each));
        tell(life.rulesStay(path));
      } else if (error instanceof UserError) {
        tell(life.allStays(error.message));
      } else {
        throw error;
      }
    }
  }

  /**
   * Permits what was blocked.
   *
   * @param token The token of the block.
   * @param options `once`: until the daemon ends, never written to the file; `content`: these
   * bytes, wherever they lie; `peer`: who.
   * @returns The rule.
   * @throws {UserError} When the token isn't known, the rules have no room for it or the file can't
   * be written; then nothing has changed.
   */
  async allow(
    token: string,
    options: { once: boolean; content?: boolean; peer: Peer },
  ): Promise<string> {
    const block = this.#blocks.find(token);
    if (!block) throw unknownToken(token);
    if (block.denied) {
      const rule = block.rule ?? { line: null, text: "" };
      throw new UserError(
        `cannot allow ${token}`,
        `${placeOf(rule)} refuses it, and no rule overrules a deny: ${rule.text}`,
        { exit: ExitCode.no, hint: `change that line of ${rule.file ?? this.#settings.allowlist}` },
      );
    }
    const rule = options.content
      ? await this.#contentRule(token, block)
      : this.#blocks.ruleFor(token);
    if (rule === null) {
      throw new UserError(
        `cannot allow ${token}`,
        "it has no path, and a rule for everything from its origin would permit too much",
        { exit: ExitCode.no, hint: "download it to a file, look at it, and run that" },
      );
    }
    try {
      await this.#rules.add(rule, options);
    } catch (error) {
      throw error instanceof AllowlistRefused ? refusal(this.#settings.allowlist, error) : error;
    }
    tell(life.allowed({ rule, token, ...options }));
    return rule;
  }

  /** The rule for what is in the file of a block; the kernel has looked, or this program does now. */
  async #contentRule(token: string, { path, host, file, sha256 }: VerdictEvent): Promise<string> {
    let reason = `the content of ${path ?? "a file without a name"}`;
    if (sha256 === null) {
      if (path === null || !host) {
        throw new UserError(`cannot allow the content of ${token}`, "it has no path on this host", {
          exit: ExitCode.no,
        });
      }
      const found = await this.#engine.digest(path, file);
      if (found.sha256 === null) {
        throw new UserError(`cannot allow the content of ${token}`, found.why, {
          exit: ExitCode.no,
          hint: "permit it by its path: linprov allow TOKEN",
        });
      }
      sha256 = found.sha256;
      reason += ", as it was when it was permitted";
    }
    return printRule({ number: 0, line: 0, deny: false, when: { sha256 }, reason });
  }

  /**
   * What is known of a block: for `linprov why TOKEN`.
   *
   * @param token The token of the block.
   * @returns The facts it was decided on, the narrowest rule that would have permitted it, and
   * the file with the rules.
   * @throws {UserError} When the token isn't known.
   */
  why(token: string): { kind: string; facts: Facts; rule: string | null; allowlist: string } {
    const event = this.#blocks.find(token);
    if (!event) throw unknownToken(token);
    const { kind } = event;
    const { allowlist } = this.#settings;
    return { kind, facts: factsOf(event), rule: this.#blocks.ruleFor(token), allowlist };
  }

  /**
   * Ends a trial: enforcement stays; or, after boots that failed, observing: enforcement begins.
   *
   * @param peer The process that confirms.
   * @throws {UserError} When there is neither, or it isn't from a new session.
   */
  async confirm(peer: number): Promise<void> {
    const fail = (why: string, hint?: string) =>
      new UserError("cannot confirm", why, { exit: ExitCode.no, ...(hint ? { hint } : {}) });
    if (this.#boots?.observes) {
      await this.#boots.confirm();
      tell(life.fallbackEnded(peer));
      await this.reload();
      return;
    }
    if (this.#trial === undefined) throw fail("nothing is on trial");
    const started = startOf(Deno.pid);
    if (started === null || !isNewSession(sessionOf(Deno.pid), started, sessionOf(peer))) {
      throw fail("this session is older than the trial: log in anew and confirm from there");
    }
    clearTimeout(this.#trial.timer);
    this.#trial = undefined;
    await this.#engine.confirm();
    tell(life.trialConfirmed(peer));
  }

  /** Calls `listener` for each block; returns what ends it. */
  subscribe(listener: BlockListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The state of the kernel side, for the service manager. */
  async engineStatus(): Promise<EngineStatus> {
    return await this.#engine.status({ hits: false });
  }

  /**
   * The state, for `linprov status`.
   *
   * @param control Clients of the control socket, and those that had to go.
   */
  async status(control: { clients: number; dropped: number }): Promise<DaemonStatus> {
    return describeDaemon(await this.#engine.status({ hits: true }), {
      allowlist: this.#settings.allowlist,
      started: this.#started,
      trialEnds: this.#trial?.ends ?? null,
      failedBoots: this.#boots?.failed ?? 0,
      tokens: this.#blocks.size,
      clients: control.clients,
      losses: {
        tokens: this.#blocks.forgotten,
        log_lines: this.#log.lost,
        subscribers: control.dropped,
      },
    });
  }

  /**
   * Some of the rules that have matched nothing: for `linprov check --unused`.
   *
   * @param from Where the page begins; null is the first.
   * @returns The page.
   * @throws {UserError} When other rules are in force by now.
   */
  async unused(from: UnusedPlace | null): Promise<UnusedRulesPage> {
    const page = await this.#engine.unused(from);
    if (page === null) {
      throw new UserError("cannot go on", "the rules were reloaded meanwhile", {
        exit: ExitCode.no,
        hint: "begin again",
      });
    }
    const { allowlist } = this.#settings;
    return await describeUnused(page, this.#learned, { allowlist, started: this.#started });
  }

  /**
   * Ends the daemon.
   *
   * @param keep Another one follows at once: what is enforced stays until it takes over. Otherwise
   * enforcement ends.
   */
  async stop({ keep = false }: { keep?: boolean } = {}): Promise<void> {
    clearTimeout(this.#takeOver);
    clearTimeout(this.#trial?.timer);
    await this.#engine.stop(keep);
    await this.#writing;
    tell(keep ? life.handedOver() : life.stopped());
  }

  #tellStarted(started: Started): void {
    const { rules, seeded, tookOver, pinned, replaced, rekeyed, isFirst } = started;
    const { allowlist, hashDb } = this.#settings;
    tell(life.rulesLoaded(rules, allowlist));
    this.#tellGuards([], this.#settings);
    this.#tellSelf(started.isProtected);
    this.#tellDetectors([], this.#settings);
    if (replaced) tell(life.storeReplaced(hashDb, replaced));
    if (rekeyed) tell(life.rekeyed());
    if (isFirst) tell(life.firstStart());
    if (seeded > 0) tell(life.marksTakenOver(seeded, hashDb));
    if (tookOver) tell(life.tookOver());
    if (!pinned) tell(life.notPinned());
  }

  /** Who ends it by the configuration leaves a line. */
  #tellSelf(isProtected: boolean): void {
    if (isProtected === this.#isProtected) return;
    this.#isProtected = isProtected;
    tell(isProtected ? life.selfOn() : life.selfOff());
  }

  #tellGuards(before: Settings["guards"], { guards, mode }: Settings): void {
    tellChanges(before, guards, (guard) => life.guardOn(guard, mode), life.guardOff);
  }

  #tellDetectors(before: Settings["detectors"], { detectors }: Settings): void {
    tellChanges(before, detectors, life.detectorOn, life.detectorOff);
  }

  #awaitConfirmation(milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#trial = undefined;
      this.#fellBack = true;
      this.#rules.observe().catch(tellError);
      tell(life.trialFailed());
    }, milliseconds);
    this.#trial = { milliseconds, ends: Date.now() + milliseconds, timer };
  }

  #tellLosses(losses: Losses): void {
    for (const loss of newLosses(this.#lossesTold, losses)) tell(life.lost(loss));
    this.#lossesTold = losses;
  }

  #tell(event: KernelEvent): void {
    if (event.type !== "verdict") {
      tellEvent(event);
      return;
    }
    const token = event.answer === "block" ? this.#blocks.add(event) : undefined;
    tellVerdict(event, token);
    if (this.#settings.mode === "soak") this.#learn(event);
    if (token) { for (const listener of this.#listeners) listener(token, event); }
  }

  #learn(event: VerdictEvent): void {
    const rule = this.soak.note(event);
    if (rule === null) return;
    const output = this.#soakOutput;
    this.#writing = this.#writing
      .then(async () => {
        if (output) await output.add(rule);
        await this.#learned.add(rule);
        tell(life.soakAdded(rule));
      })
      .catch(tellError);
    if (output === this.#allowlist) {
      this.#takeOver ??= setTimeout(() => this.#takeOverLearned(), TAKE_OVER_MS);
    }
  }

  /** Lets the kernel know the rules that were learned: they are then permitted, and counted. */
  #takeOverLearned(): void {
    this.#takeOver = undefined;
    this.#writing = this.#writing.then(async () => void await this.#rules.reload())
      .catch(tellError);
  }
}

function tellError(error: unknown): void {
  daemonLog.error(error instanceof Error ? error.message : String(error));
}

/** Milliseconds in which learned rules are collected before the kernel is told. */
const TAKE_OVER_MS = 2000;

/** Tells what is on and wasn't so before, and then what is off. */
function tellChanges<Setting extends { name: string }>(
  before: readonly Setting[],
  now: readonly Setting[],
  on: (setting: Setting) => life.LifeLine,
  off: (name: string) => life.LifeLine,
): void {
  for (const setting of now) {
    const same = before.find(({ name }) => name === setting.name);
    if (JSON.stringify(same) !== JSON.stringify(setting)) tell(on(setting));
  }
  for (const { name } of before) {
    if (!now.some((setting) => setting.name === name)) tell(off(name));
  }
}

function unknownToken(token: string): UserError {
  return new UserError(`cannot find ${token}`, "no such token since the daemon started", {
    exit: ExitCode.no,
    hint: "tokens are in the log, behind BLOCKED-EXEC and BLOCKED-SCRIPT",
  });
}

function refusal(path: string, { errors }: AllowlistRefused): UserError {
  const first = errors[0];
  const file = first?.file ?? path;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const why = first ? `${first.line}:${first.column}: ${first.message}${more}` : "it has errors";
  return new UserError(`cannot use the allowlist ${file}`, why, {
    exit: ExitCode.config,
    hint: first?.hint ?? `see all of them: linprov check ${file}`,
  });
}
