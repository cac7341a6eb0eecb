/**
 * Sets of programs that come and go while the daemon runs, each in an object of
 * its own.
 *
 * @module
 */

import type { BpfError } from "../../ffi/error.ts";
import type { Link } from "../../ffi/link.ts";
import type { Pins } from "./pins.ts";
import { type SideHost, SideObject } from "./side_object.ts";
import { type Skipped, timesSkipped } from "./skipped.ts";

/** What such programs have in common with everything else. */
export interface SetsHost extends SideHost {
  /** Where their links are pinned; null: they end with the daemon. */
  pins: Pins | null;
}

/** A change that the kernel has taken; nothing comes of it when it is disposed of first. */
export interface Prepared extends Disposable {
  /** Has it hold. */
  commit: () => void;
}

/** The kernel didn't take programs beside those that mark and decide: nothing has changed. */
export class ProgramsRefused extends Error {
  override name = "ProgramsRefused";

  /** @param cause What the kernel said. */
  constructor(override readonly cause: BpfError) {
    super(cause.message);
  }
}

/** Sets of programs by name. What they are for is their heirs' to say. */
export class ProgramSets<Name extends string> implements Disposable {
  readonly #host: SetsHost;
  readonly #loaded = new Map<Name, SideObject>();
  #isAttached = false;

  /** @param host What they have in common with everything else. */
  constructor(host: SetsHost) {
    this.#host = host;
  }

  /**
   * Attaches what is loaded, and from now on what will be; the caller pins the links.
   *
   * @throws {BpfError} When the kernel refuses.
   */
  attach(): void {
    this.#isAttached = true;
    for (const loaded of this.#loaded.values()) loaded.attach();
  }

  /** Whether a set is in the kernel. */
  has(name: Name): boolean {
    return this.#loaded.has(name);
  }

  /** All links, by the name of their program. */
  get links(): Map<string, Link> {
    return new Map([...this.#loaded.values()].flatMap(({ links }) => [...links]));
  }

  /** The sections of the programs that are attached. */
  get hooks(): string[] {
    return [...this.#loaded.values()].flatMap(({ hooks }) => hooks);
  }

  /** Its programs that were skipped because they were running already. */
  skipped(): Skipped {
    return Object.assign({}, ...[...this.#loaded.values()].map((each) => each.skipped()));
  }

  /**
   * How often programs of one set were.
   *
   * @param name Its name; 0 for one that isn't in the kernel.
   */
  misses(name: Name): number {
    return timesSkipped(this.#loaded.get(name)?.skipped() ?? {});
  }

  /** Unloads what isn't pinned. */
  [Symbol.dispose](): void {
    for (const loaded of this.#loaded.values()) loaded[Symbol.dispose]();
    this.#loaded.clear();
  }

  /**
   * Loads, and attaches where {@linkcode attach} was called, what isn't there yet. What isn't wanted
   * any more goes when the change is committed.
   *
   * @param wanted The programs of each set that is to be there.
   * @throws {BpfError} When the kernel refuses; the sets are as they were.
   */
  protected change(wanted: ReadonlyMap<Name, readonly string[]>): Prepared {
    const fresh = new Map<Name, SideObject>();
    const dispose = () => {
      for (const loaded of fresh.values()) loaded[Symbol.dispose]();
    };
    try {
      for (const [name, programs] of wanted) {
        if (this.#loaded.get(name)?.programs.join() === programs.join()) continue;
        const loaded = new SideObject(this.#host, programs);
        fresh.set(name, loaded);
        if (this.#isAttached) loaded.attach();
      }
    } catch (error) {
      dispose();
      throw error;
    }
    return { commit: () => this.#commit(wanted, fresh), [Symbol.dispose]: dispose };
  }

  #commit(wanted: ReadonlyMap<Name, unknown>, fresh: Map<Name, SideObject>): void {
    const old = [...this.#loaded].filter(([name]) => fresh.has(name) || !wanted.has(name));
    for (const [name] of old) this.#loaded.delete(name);
    try {
      for (const [name, loaded] of fresh) {
        // From here on it is this object's, even if it can't be pinned.
        fresh.delete(name);
        this.#loaded.set(name, loaded);
        if (this.#isAttached) this.#host.pins?.add(loaded.links);
      }
    } finally {
      const kept = this.links;
      for (const [, loaded] of old) {
        this.#host.pins?.remove([...loaded.links.keys()].filter((name) => !kept.has(name)));
        loaded[Symbol.dispose]();
      }
    }
  }
}
