/**
 * What stands beside the programs that mark and decide, and comes and goes while
 * the daemon runs: guards, detectors, own protection.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { DetectorPrograms } from "./detector_programs.ts";
import { GuardPrograms } from "./guard_programs.ts";
import { ProgramsRefused } from "./program_sets.ts";
import type { EngineDetector, EngineGuard } from "./protocol.ts";
import { type SelfHost, SelfProtection } from "./self_protection.ts";

/** What is to be on. */
export interface BesideSettings {
  guards: readonly EngineGuard[];
  detectors: readonly EngineDetector[];
  isProtected: boolean;
}

/** All of it, of one run. */
export class Beside implements Disposable {
  /** Protections beside the marks. */
  readonly guards: GuardPrograms;
  /** What is told of what programs do. */
  readonly detectors: DetectorPrograms;
  /** Nobody but linprov touches linprov. */
  readonly self: SelfProtection;

  /** @param host What they have in common with everything else. */
  constructor(host: SelfHost) {
    this.guards = new GuardPrograms(host);
    this.detectors = new DetectorPrograms(host);
    this.self = new SelfProtection(host);
  }

  /** All of them. */
  get sides(): readonly (GuardPrograms | DetectorPrograms | SelfProtection)[] {
    return [this.guards, this.detectors, this.self];
  }

  /**
   * Turns them on, off, or sets them differently.
   *
   * @param wanted What is to be on.
   * @throws {ProgramsRefused} When the kernel doesn't take one: all stay as they were.
   */
  set({ guards, detectors, isProtected }: BesideSettings): void {
    using forDetectors = taken(() => this.detectors.prepare(detectors));
    using forGuards = taken(() => this.guards.prepare(guards));
    using forSelf = taken(() => this.self.prepare(isProtected));
    for (const change of [forDetectors, forGuards, forSelf]) change.commit();
  }

  /** Unloads what isn't pinned. */
  [Symbol.dispose](): void {
    for (const side of this.sides) side[Symbol.dispose]();
  }
}

function taken<T>(prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof BpfError) throw new ProgramsRefused(error);
    throw error;
  }
}
