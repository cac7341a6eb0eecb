/**
 * The life of the kernel side, in the worker that owns it: load, seed, attach,
 * receive, persist, reload, end.
 *
 * @module
 */

import { errnoText } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { lpConfig, readLpConfig } from "../../ffi/layout.gen.ts";
import { trimMemory } from "../../ffi/libc.ts";
import { MapHandle } from "../../ffi/map.ts";
import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import { decodeEvent, type RawEvent } from "../events/decode.ts";
import type { FileId, KernelEvent } from "../events/event.ts";
import { nanosecondsSinceBoot } from "../host/boot_clock.ts";
import { dpkgDatabase } from "../host/dpkg_database.ts";
import { DIGEST_MAX } from "../host/file_digest.ts";
import { PathHasher } from "../marks/path_hash.ts";
import { openOrRecover, type Replaced } from "../marks/recover.ts";
import { keyFits, rekey } from "../marks/rekey.ts";
import type { Store } from "../marks/store.ts";
import { StoreCorrupt, StoreError } from "../marks/store_error.ts";
import type { ByteString } from "../policy/bytes.ts";
import { isRunning } from "./claim.ts";
import { hostFacts } from "./host_facts.ts";
import { KeptPrograms } from "./kept_programs.ts";
import { Kernel } from "./kernel.ts";
import { LivePolicy } from "./live_policy.ts";
import { type Losses, lossesOf } from "./losses.ts";
import { BPF_OBJECT } from "./object.ts";
import { type Distrusted, PackageCheck } from "./package_check.ts";
import { Persister } from "./persist.ts";
import { Pins } from "./pins.ts";
import type {
  EngineStatus,
  LiveSettings,
  PolicyText,
  Reloaded,
  Started,
  StartRequest,
  UnusedPage,
  UnusedPlace,
} from "./protocol.ts";
import { Restore } from "./restore.ts";
import { pinned, u32 } from "./tables.ts";
import { Teller } from "./teller.ts";
import { Texts } from "./texts.ts";
import { startOf } from "./trial.ts";

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

/** Milliseconds between two steps of what else goes on in steps. */
const BUSY_MS = 100;

/** Events after which there is memory to give back. */
const UNTIDY = 10_000;

/** Milliseconds by which the clock and the time since boot may differ before it counts as set. */
const CLOCK_SET_MS = 2000;

/** Milliseconds between two polls to compare files with their packages. */
const CHECK_MS = 10;

/** The kernel side of one run. */
export class Engine implements Disposable {
  readonly #hasher: PathHasher;
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #texts: Texts;
  readonly #teller: Teller;
  readonly #persister: Persister;
  readonly #packages: PackageCheck;
  readonly #policy: LivePolicy;
  // Milliseconds from 1970 to the boot, as the clock says now.
  #bootTime: number;
  #raw: RawEvent[] = [];
  #seen: KernelEvent[] = [];
  // Events that the ring had no room for so far.
  #missed = 0;
  // The store lacks marks that the kernel has.
  #behind = false;
  #retryAt = 0;
  readonly #replaced: Replaced | null;
  readonly #isFirst: boolean;
  readonly #rekeyed: boolean;
  #restore: Restore | undefined;
  // What was received since memory was given back; a start counts as much as a flood.
  #untidy = UNTIDY;
  readonly #keptPrograms = new KeptPrograms();

  /**
   * Opens the store and loads the programs; nothing is attached yet.
   *
   * @param request What to run with.
   * @throws {BpfError} When the kernel refuses.
   */
  constructor(request: StartRequest) {
    this.#hasher = new PathHasher(request.hashKey);
    const expected = { isExpected: request.hadStore };
    const { store, replaced, isNew } = openOrRecover(request.store, expected);
    this.#store = store;
    this.#replaced = replaced;
    this.#isFirst = isNew && request.isSetUp;
    this.#rekeyed = !keyFits(store, this.#hasher);
    if (this.#rekeyed) rekey(store, this.#hasher);
    this.#texts = new Texts((hash) => this.#store.resolve(hash)?.bytes);
    const started = nanosecondsSinceBoot();
    this.#bootTime = bootTime();
    this.#teller = new Teller(this.#texts, this.#bootTime);
    const pins = Pins.open(this.#hasher);
    if (pins) refuseSecond(pins, request.pid);
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
    const dpkg = dpkgDatabase();
    this.#packages = new PackageCheck({
      kernel: this.#kernel.marks,
      store: this.#store,
      hasher: this.#hasher,
      databases: dpkg ? [dpkg] : [],
    });
    this.#policy = new LivePolicy({
      kernel: this.#kernel,
      store: this.#store,
      hasher: this.#hasher,
      teller: this.#teller,
      packages: this.#packages,
      receiveAll: () => this.#receiveAll(),
    });
    if (this.#replaced) this.#persister.lose("store_lost");
    if (this.#rekeyed) this.#persister.lose("key_lost");
    this.#kernel.configure({
      daemon: request.pid,
      daemonStarted: BigInt(startOf(request.pid) ?? 0),
      bootEpoch: BigInt(Math.floor(this.#bootTime / 1000)),
      ...hostFacts(),
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
    const trialEnds = endOf(request.trial);
    const rules = this.#policy.apply(request.settings, request.allowlist, { trialEnds });
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
    const isFirst = this.#isFirst;
    if (replaced || isFirst) this.#restore = new Restore(this.#persister);
    const rekeyed = this.#rekeyed;
    const { isOn: isProtected } = this.#kernel.beside.self;
    const what = { seeded, tookOver, pinned, replaced, rekeyed, isFirst, isProtected };
    return { rules, ...what };
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
   * @throws {ProgramsRefused} When the kernel doesn't take what stands beside; everything stays.
   */
  reload(settings: LiveSettings, allowlist: PolicyText): Reloaded {
    return {
      ...this.#policy.apply(settings, allowlist),
      isProtected: this.#kernel.beside.self.isOn,
    };
  }

  /**
   * Works out the SHA-256 of a marked file, for a rule.
   *
   * @param path Where it was.
   * @param file Who it is.
   * @returns The digest in hex; null, and why, when it can't be had or no rule may name it.
   */
  digest(path: ByteString, file: FileId): { sha256: string | null; why: string } {
    const { digests } = this.#policy;
    if (digests.state !== "supported") return { sha256: null, why: digests.detail };
    try {
      const sha256 = this.#persister.digest(path, file);
      return { sha256, why: `it is larger than ${DIGEST_MAX >> 20n} MiB` };
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      return { sha256: null, why: `cannot ${error.action}: ${errnoText(error.errno)}` };
    }
  }

  /**
   * Receives what the kernel has to say, and persists it: not more than a batch at a time.
   *
   * @returns What people may want to see.
   */
  poll(): KernelEvent[] {
    this.#policy.refresh();
    this.#kernel.receive();
    const waits = this.#raw.length === BATCH || Date.now() < this.#retryAt;
    this.#takeBatch();
    if (!waits && (this.#behind || this.#persister.isCatchingUp)) {
      // What is missed from here on takes another round.
      if (!this.#persister.isCatchingUp) this.#behind = false;
      this.#untidy += BATCH;
      this.#keep(() => this.#persister.catchUp(BATCH));
      this.#packages.again();
    }
    return this.#seen.splice(0);
  }

  /**
   * Waits until there is something to do.
   *
   * @param timeoutMs Milliseconds to wait at most.
   * @param wakeUp The number of a `WakeUp`, which ends the wait too.
   * @param options `deaf`: events don't end it, nor what {@linkcode poll} has to do.
   * @returns How often it was woken.
   */
  wait(timeoutMs: number, wakeUp: number, { deaf = false } = {}): number {
    const patience = deaf ? Infinity : this.#patience();
    return this.#kernel.wait(Math.max(0, Math.min(timeoutMs, patience)), wakeUp, { deaf });
  }

  /** Milliseconds until it has something to do by itself. */
  #patience(): number {
    if (this.#restore) return RESTORE_MS;
    const isBusy = this.#behind || this.#persister.isCatchingUp || this.#packages.isBusy;
    return isBusy ? BUSY_MS : this.#policy.refreshIn();
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

  /**
   * Goes on comparing what package managers wrote with what their packages say.
   *
   * @returns The files that have lost the trust in their writer.
   */
  distrusted(): Distrusted[] {
    const found: Distrusted[] = [];
    this.#keep(() => found.push(...this.#packages.step(CHECK_MS)));
    return found;
  }

  #receiveAll(): void {
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
      this.#kernel.receive();
      if (this.#raw.length === 0) return;
      this.#takeBatch();
    }
  }

  /**
   * Writes to the store. When it can't be written (a full disk, a filesystem that an error has made
   * read-only), the kernel still has the marks, and they are written later.
   */
  #keep(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // SQLite takes half of what it wrote for damage, when the other half can't be written.
      if (error instanceof StoreCorrupt && canWriteBeside(error.path)) throw error;
      this.#persister.storeFailed();
      this.#behind = true;
      this.#retryAt = Date.now() + RETRY_MS;
    }
  }

  /** Gives back what a start or a flood of events has needed. */
  tidy(): void {
    if (this.#untidy < UNTIDY) return;
    this.#untidy = 0;
    trimMemory();
  }

  #takeBatch(): void {
    const batch = this.#raw.splice(0);
    if (batch.length === 0) return;
    this.#untidy += batch.length;
    this.#keep(() => {
      this.#persister.persist(batch);
      for (const raw of batch) this.#packages.note(raw);
    });
    for (const raw of batch) {
      const event = this.#teller.tell(raw);
      if (event) this.#seen.push(event);
    }
  }

  /**
   * The state, for `linprov status`.
   *
   * @param withHits Also what takes a walk through all rules and marks: how often each rule has
   * matched, and the files that lost the trust in their writer.
   */
  status(withHits: boolean): EngineStatus {
    const counters = this.#kernel.counters();
    return {
      ...this.#policy.status(withHits),
      hooks: this.#kernel.hooks,
      pinned: this.#kernel.isPinned,
      guards: this.#kernel.beside.guards.state(),
      isProtected: this.#kernel.beside.self.isOn,
      detectors: this.#kernel.beside.detectors.state(),
      counters,
      skipped: this.#kernel.skipped(),
      // Some may be on their way in the ring buffer.
      unpersisted: this.#persister.unpersisted(counters),
      stored: this.#persister.stored,
      distrusted: withHits ? this.#countDistrusted() : 0,
      losses: this.#persister.losses,
    };
  }

  #countDistrusted(): number {
    let distrusted = 0;
    this.#keep(() => distrusted = this.#packages.countDistrusted());
    return distrusted;
  }

  /**
   * Some of the rules that have matched nothing.
   *
   * @param from Where the page begins; null is the first.
   * @returns Null when other rules are in force by now.
   */
  unused(from: UnusedPlace | null): UnusedPage | null {
    return this.#policy.unused(from);
  }

  /**
   * Tells the kernel when the clock was set: it knows only how long ago the boot was, and a machine
   * may learn the time after linprov has started. Rules end by it.
   */
  followClock(): void {
    const now = bootTime();
    if (Math.abs(now - this.#bootTime) < CLOCK_SET_MS) return;
    this.#bootTime = now;
    this.#teller.bootTime = now;
    this.#kernel.configure({ bootEpoch: BigInt(Math.floor(now / 1000)) });
    this.#policy.clockWasSet();
  }

  /** What was lost so far. Marks whose record was lost are made up for by the next poll. */
  losses(): Losses {
    const counters = this.#kernel.counters();
    const missed = counters.events_lost ?? 0;
    if (missed !== this.#missed) this.#behind = true;
    this.#missed = missed;
    return lossesOf({
      counters,
      skipped: this.#kernel.skipped(),
      losses: this.#persister.losses,
    });
  }

  /** Lets go what was kept for sleepers that there are no longer. */
  sweep(): void {
    this.#keptPrograms.sweep();
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
}

/**
 * Two daemons can't share the pins, and each would enforce its own rules.
 *
 * @throws {UserError} When the one that pinned these still runs.
 */
function refuseSecond(pins: Pins, pid: number): void {
  using map = MapHandle.openPinned(pins.mapPath("config"));
  const value = pinned(lpConfig.size);
  if (!map?.lookup(u32(0), value)) return;
  const { daemon, daemonStarted } = readLpConfig(new DataView(value.buffer));
  if (daemon === pid || !isRunning(daemon, daemonStarted)) return;
  throw new UserError("cannot load the kernel programs", `linprov runs already (pid ${daemon})`, {
    exit: ExitCode.host,
    hint: "see its state: linprov status",
  });
}

/** Whether files can be made in the folder of this one. */
function canWriteBeside(path: string): boolean {
  const probe = `${path}-probe`;
  try {
    Deno.writeTextFileSync(probe, "");
    Deno.removeSync(probe);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds from 1970 to the boot. */
function bootTime(): number {
  return Date.now() - Number(nanosecondsSinceBoot() / 1_000_000n);
}

/**
 * When a trial ends: the kernel keeps the time, so that it ends also when this program hangs or is
 * gone.
 */
function endOf(trial: number | null): bigint {
  return trial === null ? 0n : nanosecondsSinceBoot() + BigInt(Math.ceil(trial)) * 1_000_000n;
}
