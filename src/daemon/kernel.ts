/**
 * The kernel side of a run: the BPF object, loaded, filled and attached.
 *
 * @module
 */

import {
  type LpConfig,
  lpConfig,
  LpCounter,
  LpDigests,
  type LpFileId,
  lpSeed,
  readLpConfig,
  rodata,
  writeLpConfig,
} from "../../ffi/layout.gen.ts";
import type { Link } from "../../ffi/link.ts";
import type { MapHandle } from "../../ffi/map.ts";
import { type LoadedObject, OpenObject } from "../../ffi/object.ts";
import type { Program } from "../../ffi/program.ts";
import { kernelHasFunction } from "../../ffi/kernel_functions.ts";
import { type OnSample, RingBuffer } from "../../ffi/ring_buffer.ts";
import { waitFor } from "../../ffi/wake_up.ts";
import { compareVersions } from "../host/probe.ts";
import type { ByteString } from "../policy/bytes.ts";
import type { InterpreterRules } from "../policy/interpreters.ts";
import { Beside } from "./beside.ts";
import { DigestPrograms } from "./digest_programs.ts";
import { KernelMarks } from "./kernel_marks.ts";
import { KernelRules } from "./kernel_rules.ts";
import { takeOver } from "./other_pins.ts";
import type { OtherPins, Pins } from "./pins.ts";
import { type Skipped, skippedOf, timesSkipped } from "./skipped.ts";
import {
  type Element,
  fileKey,
  interpreterElements,
  interpValue,
  pinned,
  type Print,
  printElements,
  suffixElements,
  u32,
  u64,
  zoneElements,
  type ZoneRange,
} from "./tables.ts";

/** The counters by name, as `status` shows them. */
export type Counters = Record<string, number>;

/** What is counted, by its place in the map. */
const COUNTERS: ReadonlyMap<number, string> = new Map(
  Object.entries(LpCounter).filter(([name]) => name.startsWith("LP_COUNT_"))
    .map(([name, at]) => [at, name.slice("LP_COUNT_".length).toLowerCase()]),
);

/** The first release after the last one on which a program on a tracepoint isn't preempted: 6.12. */
const FIRST_WITHOUT_QUIET_TRACEPOINTS = "6.13";

/**
 * From here on a failed fork leaves the task storage of who forked alone, whatever the stable release:
 * 7.3.4 and 6.12.107 do, 6.1.176 doesn't. What is in between wasn't tried, and counts as older.
 */
const FIRST_WITHOUT_LOST_STORAGE = "7.3";

/** The program that leaves a failed fork nothing to take. */
const STORAGE_KEEPER = "copy_process";

/** The program that tells who was forked where those on tracepoints may be skipped. */
const FORK_TELLER = "wake_up_new_task";

/** What it makes up for. */
const FORK_TRACEPOINTS: readonly string[] = ["task_newtask", "sched_process_fork"];

/** The loaded object. Attaching is the last step: until then nothing is marked or refused. */
export class Kernel implements Disposable {
  readonly #object: LoadedObject;
  // Those of it that are in the kernel, asked again and again.
  readonly #programs: readonly Program[];
  readonly #counters: MapHandle;
  // By the name of the program.
  readonly #links = new Map<string, Link>();
  readonly #digests: DigestPrograms;
  readonly #pins: Pins | null;
  readonly #others: OtherPins[];
  readonly #ring: RingBuffer;
  /** Guards, detectors, own protection. */
  readonly beside: Beside;
  /** Origins, marks and files. */
  readonly marks: KernelMarks;
  /** The rules that decide. */
  readonly rules: KernelRules;
  readonly #config = pinned(lpConfig.size);

  /**
   * Loads the object into the kernel.
   *
   * @param elf The compiled object.
   * @param hashKey The host's 16-byte key.
   * @param onSample Called for each event by {@linkcode poll}.
   * @param pins Where it outlives this process, and where maps are taken over from; this object
   * owns them from now on.
   * @param besides Programs that are loaded too, though they aren't by themselves.
   * @throws {BpfError} When the kernel refuses it, with the verifier's log.
   */
  constructor(
    elf: Uint8Array<ArrayBuffer>,
    hashKey: Uint8Array,
    onSample: OnSample,
    pins: Pins | null,
    besides: readonly string[] = [],
  ) {
    this.#pins = pins;
    this.#others = pins?.others ?? [];
    const key = new DataView(hashKey.buffer, hashKey.byteOffset, 16);
    const variables = { lpKey0: key.getBigUint64(0, true), lpKey1: key.getBigUint64(8, true) };
    const openObject = () => {
      const open = new OpenObject(elf, { name: "linprov" });
      open.setVariables(rodata, variables);
      return open;
    };
    using open = openObject();
    pins?.setPaths(open);
    const ofThisKernel = [overlayOpener(), ...forkTellers(), ...storageKeepers(), ...ioctlGuards()];
    for (const name of [...ofThisKernel, ...besides]) open.program(name).autoload = true;
    this.#object = open.load();
    this.#programs = this.#object.programs().filter(({ loaded }) => loaded);
    this.#counters = this.#object.map("counters");
    this.#ring = new RingBuffer(this.#object.map("events"), onSample);
    this.marks = new KernelMarks(this.#object);
    this.rules = new KernelRules({
      object: this.#object,
      configuration: () => this.configuration(),
      configure: (change) => this.configure(change),
    });
    const side = { open: openObject, main: this.#object, pins };
    this.#digests = new DigestPrograms(side);
    this.beside = new Beside({
      ...side,
      replace: (map, elements) => this.#replace(map, elements),
      setPlace: (slot, path) => this.marks.setPlace(slot, path),
      maps: () => [...this.#object.maps(), ...this.rules.map ? [this.rules.map] : []],
      programs: () => this.#programs.filter(({ section }) => section === "syscall"),
    });
  }

  /** Changes the live configuration; what isn't named stays. */
  configure(change: Partial<LpConfig>): void {
    const map = this.#object.map("config");
    map.lookup(u32(0), this.#config);
    const view = new DataView(this.#config.buffer);
    writeLpConfig(view, 0, { ...readLpConfig(view), ...change });
    map.update(u32(0), this.#config);
  }

  /** Has busy hooks, which look nothing up, take the live configuration over. */
  useConfig(): void {
    this.run("use_config", pinned(lpSeed.size));
  }

  /** The live configuration. */
  configuration(): LpConfig {
    this.#object.map("config").lookup(u32(0), this.#config);
    return readLpConfig(new DataView(this.#config.buffer));
  }

  /** Sets the address ranges of the zones; those of before are forgotten. */
  setZones(ranges: Iterable<ZoneRange>): void {
    this.#replace("zones", zoneElements(ranges));
  }

  /** Sets the loopback ports that count as the network. */
  setProxyPorts(ports: Iterable<number>): void {
    this.#replace("proxy_ports", [...ports].map((port) => [u32(port), u32(1)]));
  }

  /**
   * Sets which executables are interpreters.
   *
   * @param names By base name without the version.
   * @param files By the file itself, whatever it is called.
   * @param prints By what is in the file: for their copies.
   */
  setInterpreters(
    names: Iterable<readonly [ByteString, InterpreterRules]>,
    files: Iterable<readonly [LpFileId, InterpreterRules]>,
    prints: Iterable<readonly [Print, InterpreterRules]>,
  ): void {
    const byPrint = [...prints];
    this.#replace("interp_prints", printElements(byPrint));
    this.#replace("interp_sizes", byPrint.map(([{ size }]) => [u64(size), u32(1)]));
    this.#replace("interp_names", interpreterElements(names));
    this.#replace(
      "interp_files",
      [...files].map(([file, rules]) => [fileKey(file), interpValue(rules)]),
    );
  }

  /** Sets which paths of the host are never refused, by their hashes. */
  setSurvivors(paths: Iterable<bigint>): void {
    this.#replace("survivors", [...paths].map((hash) => [u64(hash), u32(1)]));
  }

  /** Sets the script suffixes of all languages. */
  setSuffixes(): void {
    const map = this.#object.map("suffixes");
    for (const [key, value] of suffixElements()) map.update(key, value);
  }

  /** Takes over what a linprov with other tables has left; before the store's, which is older. */
  adopt(): void {
    for (const other of this.#others) takeOver(other, this);
  }

  /**
   * Attaches every program, then ends what the linprov before this one has left attached.
   *
   * @throws {BpfError} When the kernel refuses one; what was attached before stays.
   */
  attach(): void {
    for (const program of this.#programs) {
      if (isRunByHand(program.section)) continue;
      this.#links.set(program.name, program.attach());
    }
    for (const side of this.#sides) side.attach();
    const pinned = [this.#digests, this.beside.guards, this.beside.self];
    this.#pins?.keep(new Map([...this.#links, ...pinned.flatMap(({ links }) => [...links])]));
    for (const other of this.#others) {
      other.detach();
      // What was marked in between.
      takeOver(other, this);
      other.remove();
    }
  }

  /**
   * Has the SHA-256 of what is about to run worked out, or not any more.
   *
   * @param wanted What for, of marked files.
   * @param ofAll Also of what is executed and isn't marked.
   * @throws {BpfError} When the kernel refuses; there are no digests then.
   */
  setDigests(wanted: LpDigests, ofAll: boolean): void {
    const none = wanted === LpDigests.LP_DIGESTS_NONE && !ofAll;
    if (!none) this.#digests.set(true);
    this.configure({ digests: wanted, digestAll: ofAll ? 1 : 0 });
    this.useConfig();
    if (none) this.#digests.set(false);
  }

  /** Whether another linprov's map has elements of the same size as this one's of that name. */
  fits(map: MapHandle): boolean {
    const own = this.#object.map(map.name);
    return map.keySize === own.keySize && map.valueSize === own.valueSize;
  }

  /** Whether what is attached outlives this process. */
  get isPinned(): boolean {
    return this.#pins !== null;
  }

  /** Whether maps of a linprov before this one were taken over. */
  get tookOver(): boolean {
    return this.#others.length > 0 || (this.#pins?.takesOver ?? false);
  }

  /** Makes sources of the processes that are connected already; for after {@linkcode attach}. */
  findConnected(): void {
    this.#object.program("connected").iterate();
  }

  /**
   * Runs a program of the `syscall` section once.
   *
   * @param program Its name.
   * @param context What it gets, and what it makes of it.
   * @returns What the program returned.
   * @throws {BpfError} When the kernel refuses.
   */
  run(program: string, context: Uint8Array<ArrayBuffer>): number {
    return this.#object.program(program).testRun(context).returned;
  }

  /** The hooks with a program attached, as the object's sections call them. */
  get hooks(): string[] {
    const own = this.#programs.filter(({ name }) => this.#links.has(name));
    return [...own.map(({ section }) => section), ...this.#sides.flatMap(({ hooks }) => hooks)];
  }

  /** Receives the events that are there. */
  receive(): void {
    this.#ring.poll(0);
  }

  /**
   * Waits for events.
   *
   * @param timeoutMs Milliseconds to wait when there is none.
   * @param wakeUp The number of a `WakeUp`, which ends the wait too.
   * @param options `deaf`: events don't end it.
   * @returns How often it was woken.
   */
  wait(timeoutMs: number, wakeUp: number, { deaf = false } = {}): number {
    return waitFor(deaf ? null : this.#ring.descriptor, wakeUp, timeoutMs);
  }

  /** What happened so far, by name in lower case. */
  counters(): Counters {
    const counters: Counters = {};
    this.#counters.forEach((keys, key, values, value) => {
      const name = COUNTERS.get(keys.getUint32(key, true));
      if (name) counters[name] = Number(values.getBigUint64(value, true));
    });
    counters.detections_lost! += timesSkipped(this.beside.detectors.skipped());
    return counters;
  }

  /**
   * Programs that mark or decide and were skipped, which must not be. Of a detector it is only something
   * that wasn't told, and who was forked is told once more.
   */
  skipped(): Skipped {
    const isMadeUpFor = this.#programs.some(({ name }) => name === FORK_TELLER);
    const programs = isMadeUpFor
      ? this.#programs.filter(({ name }) => !FORK_TRACEPOINTS.includes(name))
      : this.#programs;
    const sides = this.#sides.filter((side) => side !== this.beside.detectors);
    return Object.assign(skippedOf(programs), ...sides.map((side) => side.skipped()));
  }

  /** Removes the pins, so that disposal ends everything. */
  release(): void {
    this.#pins?.release();
  }

  /** The same, unless something was pinned before this one. */
  abandon(): void {
    if (!this.tookOver) this.release();
  }

  /** Unloads what isn't pinned. */
  [Symbol.dispose](): void {
    for (const side of this.#sides) side[Symbol.dispose]();
    for (const link of this.#links.values()) link[Symbol.dispose]();
    this.#links.clear();
    this.rules[Symbol.dispose]();
    this.#ring[Symbol.dispose]();
    this.#object[Symbol.dispose]();
    this.#pins?.[Symbol.dispose]();
  }

  /** Writes the new elements before it removes those that are no longer there. */
  #replace(name: string, elements: Element[]): void {
    const map = this.#object.map(name);
    for (const [key, value] of elements) map.update(key, value);
    const kept = new Set(elements.map(([key]) => key.join()));
    const gone: Uint8Array<ArrayBuffer>[] = [];
    const key = pinned(map.keySize);
    for (let more = map.nextKey(null, key); more; more = map.nextKey(key, key)) {
      if (!kept.has(key.join())) gone.push(key.slice());
    }
    for (const old of gone) map.delete(old);
  }

  /** What comes and goes. Digests last: see digest_programs.ts. */
  get #sides() {
    return [...this.beside.sides, this.#digests];
  }
}

/** The program that sees files of an overlay being opened: Linux 6.5 has another function for it. */
function overlayOpener(): string {
  return kernelHasFunction("backing_file_open") ? "backing_file_open" : "open_with_fake_path";
}

/** ioctl(2) by 32-bit programs has a hook of its own since Linux 6.8, and in later updates of older ones. */
function ioctlGuards(): string[] {
  return kernelHasFunction("bpf_lsm_file_ioctl_compat") ? ["file_ioctl_compat"] : [];
}

/**
 * A program on a tracepoint that is preempted is skipped for others: on 7.3, not on 6.12. What is in
 * between wasn't tried, and counts as newer.
 */
function forkTellers(): string[] {
  return isBefore(FIRST_WITHOUT_QUIET_TRACEPOINTS) ? [] : [FORK_TELLER];
}

/** A compiler may have renamed the function, which is the kernel's own: then there is no such program. */
function storageKeepers(): string[] {
  const isWanted = isBefore(FIRST_WITHOUT_LOST_STORAGE) && kernelHasFunction(STORAGE_KEEPER);
  return isWanted ? [STORAGE_KEEPER] : [];
}

/** Whether the running kernel is certainly older than a release. */
function isBefore(release: string): boolean {
  const order = compareVersions(Deno.osRelease(), release);
  return order !== undefined && order < 0;
}

/** Sections whose programs aren't attached but run when they are wanted. */
function isRunByHand(section: string): boolean {
  return section === "syscall" || section.startsWith("iter/");
}
