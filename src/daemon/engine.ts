/**
 * The life of the kernel side, in the worker that owns it: load, seed, attach,
 * receive, persist, reload, end.
 *
 * @module
 */

import { type LpConfig, lpConfig, LpMode, LpVolume, readLpConfig } from "../../ffi/layout.gen.ts";
import { MapHandle } from "../../ffi/map.ts";
import { openFile, status } from "../../ffi/libc.ts";
import { decodeEvent, type RawEvent } from "../events/decode.ts";
import type { KernelEvent } from "../events/event.ts";
import { PathHasher } from "../marks/path_hash.ts";
import { openOrRecover, type Replaced } from "../marks/recover.ts";
import { keyFits, rekey } from "../marks/rekey.ts";
import type { Store } from "../marks/store.ts";
import { StoreCorrupt, StoreError } from "../marks/store_error.ts";
import { nanosecondsSinceBoot } from "../host/boot_clock.ts";
import { compile, type CompiledPolicy, CompileError } from "../policy/compile.ts";
import { parseAllowlist } from "../policy/parse.ts";
import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import { undecided } from "../policy/undecided.ts";
import type { Finding } from "../policy/rule.ts";
import { assignZones } from "../policy/zones.ts";
import { builtinRanges } from "./builtin_ranges.ts";
import { setInterpreters } from "./interpreters.ts";
import { Kernel } from "./kernel.ts";
import { BPF_OBJECT } from "./object.ts";
import { type Losses, lossesOf } from "./losses.ts";
import { Persister } from "./persist.ts";
import { Pins } from "./pins.ts";
import type {
  EngineStatus,
  LiveSettings,
  Loaded,
  PolicyText,
  Started,
  StartRequest,
} from "./protocol.ts";
import { Restore } from "./restore.ts";
import { RuleTexts } from "./rule_texts.ts";
import { pinned, u32, type ZoneRange } from "./tables.ts";
import { Teller } from "./teller.ts";
import { survivorsOnHost } from "./survivors.ts";
import { Texts } from "./texts.ts";
import { startOf } from "./trial.ts";

/** Kernel's `enum lp_mode` by name. */
const MODES = {
  observe: LpMode.LP_MODE_OBSERVE,
  soak: LpMode.LP_MODE_SOAK,
  enforce: LpMode.LP_MODE_ENFORCE,
} as const;

/** Kernel's `enum lp_volume` by name. */
const VOLUMES = {
  network: LpVolume.LP_VOLUME_NETWORK,
  fuse: LpVolume.LP_VOLUME_FUSE,
  removable: LpVolume.LP_VOLUME_REMOVABLE,
  userns: LpVolume.LP_VOLUME_USERNS,
} as const;

/** Seconds after which a shell's taint from a pipe ends without new input. */
const SHELL_TAINT_S = 10;

/** Events that are handed on or persisted together, at most; requests are answered in between. */
const BATCH = 256;

/** Batches that are waited for at most: more than the ring holds, or a flood would never end. */
const MOST_ROUNDS = 200;

/** Milliseconds until a store that could not be written is tried again. */
const RETRY_MS = 5000;

/** Milliseconds to look at files' attributes, and as many to do everything else. */
const RESTORE_MS = 20;

/** Rules whose hits are told, at most. */
const SHOWN_HITS = 100;

/** A policy with errors: nothing of it was taken over. */
export class PolicyRefused extends Error {
  override name = "PolicyRefused";

  /** @param errors What is wrong, with line and column. */
  constructor(readonly errors: Finding[]) {
    super(`The allowlist has ${errors.length} errors`);
  }
}

/** The kernel side of one run. */
export class Engine implements Disposable {
  readonly #hasher: PathHasher;
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #texts: Texts;
  readonly #teller: Teller;
  readonly #persister: Persister;
  #rules: Loaded = { loaded: 0, total: 0 };
  #mode: LiveSettings["mode"] = "observe";
  #raw: RawEvent[] = [];
  // What to take over again when rules run out that share a key with others.
  #refresh: { at: number; settings: LiveSettings; allowlist: PolicyText } | undefined;
  #seen: KernelEvent[] = [];
  // Events that the ring had no room for so far.
  #missed = 0;
  // The store lacks marks that the kernel has.
  #behind = false;
  #retryAt = 0;
  readonly #replaced: Replaced | null;
  readonly #rekeyed: boolean;
  #restore: Restore | undefined;

  /**
   * Opens the store and loads the programs; nothing is attached yet.
   *
   * @param request What to run with.
   * @throws {BpfError} When the kernel refuses.
   */
  constructor(request: StartRequest) {
    this.#hasher = new PathHasher(request.hashKey);
    const { store, replaced } = openOrRecover(request.store, { isExpected: request.hadStore });
    this.#store = store;
    this.#replaced = replaced;
    this.#rekeyed = !keyFits(store, this.#hasher);
    if (this.#rekeyed) rekey(store, this.#hasher);
    this.#texts = new Texts((hash) => this.#store.resolve(hash)?.bytes);
    const started = nanosecondsSinceBoot();
    const bootTime = Date.now() - Number(started / 1_000_000n);
    this.#teller = new Teller(this.#texts, bootTime);
    const pins = Pins.open(this.#hasher);
    if (pins) refuseSecond(pins);
    try {
      this.#kernel = new Kernel(BPF_OBJECT, request.hashKey, (view, size) => {
        const event = decodeEvent(view, size);
        if (event) this.#raw.push(event);
        return this.#raw.length < BATCH;
      }, pins);
    } catch (error) {
      pins?.[Symbol.dispose]();
      throw error;
    }
    this.#persister = new Persister(
      this.#store,
      this.#kernel,
      this.#texts,
      this.#hasher,
      started,
    );
    if (this.#replaced) this.#persister.lose("store_lost");
    if (this.#rekeyed) this.#persister.lose("key_lost");
    this.#kernel.configure({
      daemon: request.pid,
      daemonStarted: BigInt(startOf(request.pid) ?? 0),
      bootEpoch: BigInt(Math.floor(bootTime / 1000)),
      hostMntNs: hostMountNamespace(),
      shellTaintS: SHELL_TAINT_S,
      logAllowed: 1,
    });
  }

  /**
   * Fills the tables and attaches the programs. When this returns, everything holds.
   *
   * @param request What to run with.
   * @returns The rules in force and how many marks the store had.
   * @throws {PolicyRefused} When the allowlist has errors.
   * @throws {BpfError} When the kernel refuses.
   */
  start(request: StartRequest): Started {
    // Nothing is ever enforced without the end of its trial, even if this start hangs half-way.
    this.#apply(request.settings, request.allowlist, { trialEnds: endOf(request.trial) });
    this.#kernel.adopt();
    const seeded = this.#persister.seed();
    this.#kernel.attach();
    this.#kernel.findConnected();
    // The time counts from when everything holds.
    if (request.trial !== null) this.#kernel.configure({ trialEnds: endOf(request.trial) });
    const { tookOver, isPinned: pinned } = this.#kernel;
    // What the daemon before this one hasn't heard is still in the ring; what didn't fit is known
    // by its mark alone.
    this.#behind = tookOver;
    const replaced = this.#replaced;
    if (replaced) this.#restore = new Restore(this.#persister);
    return { rules: this.#rules, seeded, tookOver, pinned, replaced, rekeyed: this.#rekeyed };
  }

  /** Ends the trial: enforcement stays. */
  confirm(): void {
    this.#kernel.configure({ trialEnds: endOf(null) });
  }

  /** Gives up a start: what it has attached goes, unless something was enforced before it. */
  abandon(): void {
    this.#kernel.abandon();
  }

  /** Has disposal detach everything, also what outlives this process otherwise. */
  release(): void {
    try {
      this.#receiveAll();
    } finally {
      this.#kernel.release();
    }
  }

  /**
   * Takes over a policy and settings, or nothing of them.
   *
   * @param settings The settings.
   * @param allowlist The allowlist.
   * @returns The rules in force.
   * @throws {PolicyRefused} When the allowlist has errors; the old policy stays.
   */
  reload(settings: LiveSettings, allowlist: PolicyText): Loaded {
    return this.#apply(settings, allowlist);
  }

  #apply(settings: LiveSettings, allowlist: PolicyText, more: Partial<LpConfig> = {}): Loaded {
    // Origins in the store hold numbers: a zone keeps its own.
    const zones = assignZones(settings.zones.map((zone) => zone.name), this.#store.zones());
    const { rules, errors } = parseAllowlist(allowlist.text, { zones: zones.keys() });
    errors.push(...undecided(rules));
    if (errors.length > 0) throw new PolicyRefused(errors);
    const policy = this.#compile(rules, zones);
    const ranges: ZoneRange[] = [...builtinRanges()];
    for (const { name, networks } of settings.zones) {
      const zone = zones.get(name)!;
      for (const network of networks) ranges.push({ ...network, zone });
    }
    this.#store.putZones(zones);
    this.#kernel.setZones(ranges);
    this.#teller.zoneNames = new Map([...zones].map(([name, number]) => [number, name]));
    this.#kernel.setProxyPorts(settings.proxyPorts);
    this.#kernel.setSuffixes();
    this.#kernel.setSurvivors(survivorsOnHost().map((path) => this.#hasher.file(path)));
    setInterpreters(this.#kernel, this.#hasher, settings.interpreters);
    // What the old rules decided has their numbers.
    this.#kernel.loadRules(policy, () => {
      if (this.#teller.ruleTexts) this.#receiveAll();
      else this.#teller.ownSince = nanosecondsSinceBoot();
    });
    this.#teller.ruleTexts = new RuleTexts(allowlist, rules);
    const trusts = rules.some(({ deny, when }) => !deny && when.writer_process !== undefined);
    this.#kernel.configure({ ...liveConfig(settings), trusts: trusts ? 1 : 0, ...more });
    this.#kernel.forgetVolumes();
    this.#refresh = policy.refreshAt === 0
      ? undefined
      : { at: policy.refreshAt, settings, allowlist };
    this.#mode = settings.mode;
    this.#rules = { loaded: policy.loaded, total: rules.length };
    return this.#rules;
  }

  /**
   * Receives what the kernel has to say, and persists it: not more than a batch at a time.
   *
   * @param timeoutMs Milliseconds to wait when there is nothing.
   * @returns What people may want to see.
   */
  poll(timeoutMs: number): KernelEvent[] {
    if (this.#refresh && Date.now() / 1000 >= this.#refresh.at) {
      this.reload(this.#refresh.settings, this.#refresh.allowlist);
    }
    this.#kernel.poll(this.#restore ? RESTORE_MS : timeoutMs);
    const waits = this.#raw.length === BATCH || Date.now() < this.#retryAt;
    this.#takeBatch();
    if (!waits && (this.#behind || this.#persister.isCatchingUp)) {
      // What is missed from here on takes another round.
      if (!this.#persister.isCatchingUp) this.#behind = false;
      this.#keep(() => this.#persister.catchUp(BATCH));
    }
    return this.#seen.splice(0);
  }

  /**
   * After the store was lost: goes on looking for marks in the files' attributes.
   *
   * @returns What was found, once, when all files have been looked at.
   */
  restored(): { looked: number; restored: number } | null {
    const restore = this.#restore;
    if (!restore) return null;
    this.#keep(() => this.#store.transaction(() => restore.step(RESTORE_MS)));
    if (!restore.isDone) return null;
    this.#restore = undefined;
    this.#behind = true;
    return { looked: restore.looked, restored: restore.restored };
  }

  #receiveAll(): void {
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
      this.#kernel.poll(0);
      if (this.#raw.length === 0) return;
      this.#takeBatch();
    }
  }

  /**
   * Writes to the store. When it can't be written (a full disk), the kernel still has the marks, and
   * they are written later.
   */
  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof StoreError) || error instanceof StoreCorrupt) throw error;
      this.#persister.storeFailed();
      this.#behind = true;
      this.#retryAt = Date.now() + RETRY_MS;
    }
  }

  #takeBatch(): void {
    const batch = this.#raw.splice(0);
    if (batch.length === 0) return;
    this.#keep(() => this.#persister.persist(batch));
    for (const raw of batch) {
      const event = this.#teller.tell(raw);
      if (event) this.#seen.push(event);
    }
  }

  /**
   * The state, for `linprov status`.
   *
   * @param withHits Also how often each rule has matched.
   */
  status(withHits: boolean): EngineStatus {
    const counters = this.#kernel.counters();
    const hits = withHits ? this.#kernel.hits() : [];
    hits.sort((a, b) => b.hits - a.hits || a.number - b.number);
    return {
      mode: this.#mode,
      rules: this.#rules,
      hooks: this.#kernel.hooks,
      pinned: this.#kernel.isPinned,
      hits: hits.slice(0, SHOWN_HITS).map(({ number, hits }) => {
        const { line, text } = this.#teller.ruleTexts!.get(number)!;
        return { line, rule: text, hits };
      }),
      used: hits.length,
      counters,
      recursionMisses: Number(this.#kernel.recursionMisses()),
      // Some may be on their way in the ring buffer.
      unpersisted: Math.max(0, (counters.marks ?? 0) - this.#persister.received),
      stored: this.#persister.stored,
      losses: this.#persister.losses,
    };
  }

  /** What was lost so far. Marks whose record was lost are made up for by the next poll. */
  losses(): Losses {
    const counters = this.#kernel.counters();
    const missed = counters.events_lost ?? 0;
    if (missed !== this.#missed) this.#behind = true;
    this.#missed = missed;
    return lossesOf({
      counters,
      recursionMisses: Number(this.#kernel.recursionMisses()),
      losses: this.#persister.losses,
    });
  }

  /** Closes everything; what was received is persisted first. */
  [Symbol.dispose](): void {
    try {
      this.#receiveAll();
    } finally {
      this.#kernel[Symbol.dispose]();
      this.#store.close();
    }
  }

  #compile(rules: Parameters<typeof compile>[0], zones: Map<string, number>): CompiledPolicy {
    try {
      const now = Math.floor(Date.now() / 1000);
      return compile(rules, { hasher: this.#hasher, zones, now });
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      const { line, message, hint } = error;
      throw new PolicyRefused([{ line, column: 1, message, ...(hint ? { hint } : {}) }]);
    }
  }
}

function liveConfig(settings: LiveSettings): Partial<LpConfig> {
  return {
    mode: MODES[settings.mode],
    markLocalhost: settings.markLocalhost ? 1 : 0,
    interpreters: settings.interpreters.length > 0 ? 1 : 0,
    volumes: settings.foreignVolumes.reduce((bits, kind) => bits | VOLUMES[kind], 0),
  };
}

/**
 * Two daemons can't share the pins, and each would enforce its own rules.
 *
 * @throws {UserError} When the one that pinned these still runs.
 */
function refuseSecond(pins: Pins): void {
  using map = MapHandle.openPinned(pins.mapPath("config"));
  const value = pinned(lpConfig.size);
  if (!map?.lookup(u32(0), value)) return;
  const { daemon, daemonStarted } = readLpConfig(new DataView(value.buffer));
  if (daemon === 0 || startOf(daemon) !== Number(daemonStarted)) return;
  throw new UserError("cannot load the kernel programs", `linprov runs already (pid ${daemon})`, {
    exit: ExitCode.host,
    hint: "see its state: linprov status",
  });
}

/** The inode number of PID 1's mount namespace, as the kernel's ns.inum has it. */
function hostMountNamespace(): number {
  using file = openFile("/proc/1/ns/mnt");
  return Number(status(file).ino);
}

/**
 * When a trial ends: the kernel keeps the time, so that it ends also when this program hangs or is
 * gone.
 */
function endOf(trial: number | null): bigint {
  return trial === null ? 0n : nanosecondsSinceBoot() + BigInt(Math.ceil(trial)) * 1_000_000n;
}
