/**
 * The policy and settings that are in force in the kernel.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { type LpConfig, LpDigests, LpMode, LpVolume } from "../../ffi/layout.gen.ts";
import { nanosecondsSinceBoot } from "../host/boot_clock.ts";
import { probeDigests } from "../host/digests.ts";
import type { Answer } from "../host/probe.ts";
import type { PathHasher } from "../marks/path_hash.ts";
import type { Store } from "../marks/store.ts";
import { textToByteString } from "../policy/bytes.ts";
import { compile, type CompiledPolicy, CompileError } from "../policy/compile.ts";
import { parsePolicy } from "../policy/policy.ts";
import { fileOf, type Finding, type Rule } from "../policy/rule.ts";
import { undecided } from "../policy/undecided.ts";
import { assignZones } from "../policy/zones.ts";
import { builtinRanges } from "./builtin_ranges.ts";
import { engineDetector } from "./detector_programs.ts";
import { engineGuard } from "./guard_programs.ts";
import { setInterpreters } from "./interpreters.ts";
import type { Kernel } from "./kernel.ts";
import { type PackageCheck, trustedWriters } from "./package_check.ts";
import type {
  EngineStatus,
  LiveSettings,
  Loaded,
  PolicyText,
  UnusedPage,
  UnusedPlace,
} from "./protocol.ts";
import { RuleTexts } from "./rule_texts.ts";
import { survivorsOnHost } from "./survivors.ts";
import type { ZoneRange } from "./tables.ts";
import type { Teller } from "./teller.ts";
import { UnusedRules } from "./unused_rules.ts";

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

/** What it works with. */
export interface LivePolicyParts {
  kernel: Kernel;
  store: Store;
  hasher: PathHasher;
  teller: Teller;
  packages: PackageCheck;
  /** Receives all that the kernel has to say. */
  receiveAll: () => void;
}

/** Policy and settings of one run. */
export class LivePolicy {
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #hasher: PathHasher;
  readonly #teller: Teller;
  readonly #packages: PackageCheck;
  readonly #receiveAll: () => void;
  #rules: Loaded = { loaded: 0, total: 0, files: [] };
  #ends: CompiledPolicy["ends"] = new Map();
  #unused: UnusedRules | undefined;
  // What is in force, and when to take it over again, because rules run out that share a key with
  // others; 0 is never.
  #applied: { settings: LiveSettings; allowlist: PolicyText; refreshAt: number } | undefined;
  /** Whether a rule may name the SHA-256 of a file. */
  readonly digests: Answer = probeDigests();

  /** @param parts What it works with. */
  constructor({ kernel, store, hasher, teller, packages, receiveAll }: LivePolicyParts) {
    this.#kernel = kernel;
    this.#store = store;
    this.#hasher = hasher;
    this.#teller = teller;
    this.#packages = packages;
    this.#receiveAll = receiveAll;
  }

  /**
   * Takes over a policy and settings, or nothing of them.
   *
   * @param settings The settings.
   * @param allowlist The allowlist.
   * @param more What else of the live configuration changes in the same step.
   * @returns The rules in force.
   * @throws {PolicyRefused} When the allowlist has errors; the old policy stays.
   * @throws {ProgramsRefused} When the kernel doesn't take what stands beside; everything stays.
   */
  apply(settings: LiveSettings, allowlist: PolicyText, more: Partial<LpConfig> = {}): Loaded {
    // Origins in the store hold numbers: a zone keeps its own.
    const zones = assignZones(settings.zones.map((zone) => zone.name), this.#store.zones());
    const parsed = parsePolicy(allowlist, { zones: zones.keys() });
    const { rules, errors } = parsed;
    const naming = rules.filter(({ when }) => when.sha256 !== undefined);
    if (!this.#hasDigests) {
      errors.push(...undecided(naming, this.digests.detail, this.digests.fix));
    }
    if (errors.length > 0) throw new PolicyRefused(errors);
    const policy = this.#compile(rules, zones);
    const ofMarked = this.#hasDigests && (settings.hashes || naming.length > 0);
    const ofAll = this.#hasDigests && settings.detectors.some(({ hash }) => hash);
    if (ofMarked || ofAll) this.#attachDigests(naming[0], { ofMarked, ofAll });
    const ranges: ZoneRange[] = [...builtinRanges()];
    for (const { name, networks } of settings.zones) {
      const zone = zones.get(name)!;
      for (const network of networks) ranges.push({ ...network, zone });
    }
    // First, because the kernel may refuse it.
    this.#setBeside(settings);
    this.#store.putZones(zones);
    this.#kernel.setZones(ranges);
    this.#teller.zoneNames = new Map([...zones].map(([name, number]) => [number, name]));
    this.#kernel.setProxyPorts(settings.proxyPorts);
    this.#kernel.setSuffixes();
    this.#kernel.setSurvivors(survivorsOnHost().map((path) => this.#hasher.file(path)));
    setInterpreters(this.#kernel, this.#hasher, settings.interpreters);
    // What the old rules decided has their numbers.
    this.#kernel.rules.load(policy, () => {
      if (this.#teller.ruleTexts) this.#receiveAll();
      else this.#teller.ownSince = nanosecondsSinceBoot();
    });
    this.#kernel.beside.self.refresh();
    if (!ofMarked) this.#kernel.setDigests(LpDigests.LP_DIGESTS_NONE, ofAll);
    const texts = new RuleTexts(allowlist, parsed);
    this.#teller.ruleTexts = texts;
    this.#unused = new UnusedRules(texts, () => this.#kernel.rules.unused());
    const trusted = trustedWriters(rules);
    this.#packages.trust(trusted);
    const trusts = trusted.size > 0 ? 1 : 0;
    this.#kernel.configure({ ...liveConfig(settings), trusts, ...more });
    this.#kernel.useConfig();
    this.#applied = { settings, allowlist, refreshAt: policy.refreshAt };
    const files = allowlist.flatMap(({ file }) => file ?? []);
    this.#rules = { loaded: policy.loaded, total: rules.length, files };
    this.#ends = policy.ends;
    return this.#rules;
  }

  /** Takes it over again when that is due. */
  refresh(): void {
    const { refreshAt = 0 } = this.#applied ?? {};
    if (refreshAt !== 0 && Date.now() / 1000 >= refreshAt) this.#applyAgain();
  }

  /** Milliseconds until that is due. */
  refreshIn(): number {
    const { refreshAt = 0 } = this.#applied ?? {};
    return refreshAt === 0 ? Infinity : Math.max(0, refreshAt * 1000 - Date.now());
  }

  /** Rules that seemed to have ended were left out. */
  clockWasSet(): void {
    if (this.#rules.loaded < this.#rules.total) this.#applyAgain();
  }

  /**
   * The policy's part of `linprov status`.
   *
   * @param withHits Also how often each rule has matched, which takes a walk through all of them.
   */
  status(withHits: boolean): Pick<EngineStatus, "mode" | "rules" | "hits" | "used"> {
    const hits = withHits ? this.#kernel.rules.hits() : [];
    hits.sort((a, b) => b.hits - a.hits || a.number - b.number);
    return {
      mode: this.#applied?.settings.mode ?? "observe",
      rules: { ...this.#rules, loaded: this.#rules.loaded - this.#ended() },
      hits: hits.slice(0, SHOWN_HITS).map(({ number, hits }) => {
        const { text, ...place } = this.#teller.ruleTexts!.get(number)!;
        return { ...place, rule: text, hits };
      }),
      used: hits.length,
    };
  }

  /**
   * Some of the rules that have matched nothing.
   *
   * @param from Where the page begins; null is the first.
   * @returns Null when other rules are in force by now.
   */
  unused(from: UnusedPlace | null): UnusedPage | null {
    const page = this.#unused?.page(from);
    return page ? { inForce: this.#rules.loaded - this.#ended(), ...page } : null;
  }

  /** How many rules have ended since they were loaded. */
  #ended(): number {
    let ended = 0;
    for (const [end, rules] of this.#ends) if (end * 1000 <= Date.now()) ended += rules;
    return ended;
  }

  get #hasDigests(): boolean {
    return this.digests.state === "supported";
  }

  #setBeside({ guards, detectors, protectSelf, tellMarks }: LiveSettings): void {
    const own = textToByteString(Deno.execPath());
    const { beside } = this.#kernel;
    beside.set({
      guards: guards.map((guard) => engineGuard(guard, this.#hasher)),
      detectors: detectors.map((detector) => engineDetector(detector, this.#hasher, own)),
      isProtected: protectSelf,
    });
    this.#teller.detectors = detectors;
    this.#teller.tellsMarks = tellMarks;
    this.#teller.places = beside.self.places;
  }

  #attachDigests(
    first: Rule | undefined,
    { ofMarked, ofAll }: { ofMarked: boolean; ofAll: boolean },
  ): void {
    try {
      const { LP_DIGESTS_NONE, LP_DIGESTS_LOG, LP_DIGESTS_RULES } = LpDigests;
      const wanted = first ? LP_DIGESTS_RULES : ofMarked ? LP_DIGESTS_LOG : LP_DIGESTS_NONE;
      this.#kernel.setDigests(wanted, ofAll);
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      const message = `the SHA-256 of files can't be had: cannot ${error.action}: ${error.code}`;
      const place = first ? { ...fileOf(first), line: first.line } : { line: 1 };
      throw new PolicyRefused([{ ...place, column: 1, message }]);
    }
  }

  #applyAgain(): void {
    if (this.#applied) this.apply(this.#applied.settings, this.#applied.allowlist);
  }

  #compile(rules: Parameters<typeof compile>[0], zones: Map<string, number>): CompiledPolicy {
    try {
      const now = Math.floor(Date.now() / 1000);
      return compile(rules, { hasher: this.#hasher, zones, now });
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      throw new PolicyRefused([error.finding]);
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
