/**
 * Programs that come and go while the daemon runs: in an object of their own,
 * with nothing but them, over the maps of the main one.
 *
 * @module
 */

import type { Link } from "../../ffi/link.ts";
import type { LoadedObject, OpenObject } from "../../ffi/object.ts";
import type { Program } from "../../ffi/program.ts";
import { type Skipped, skippedOf } from "./skipped.ts";

/** What such an object has in common with the main one. */
export interface SideHost {
  /** Opens the BPF object, its constants set. */
  open: () => OpenObject;
  /** The object with the maps. */
  main: LoadedObject;
}

/** Programs that are in the kernel, attached or not. */
export class SideObject implements Disposable {
  readonly #object: LoadedObject;
  // As in `programs`.
  readonly #loaded: readonly Program[];
  /** What is attached, by the name of its program. */
  readonly links = new Map<string, Link>();

  /**
   * Loads the programs.
   *
   * @param host What they have in common with everything else.
   * @param programs Their names.
   * @throws {BpfError} When the kernel refuses.
   */
  constructor(host: SideHost, readonly programs: readonly string[]) {
    using open = host.open();
    for (const program of open.programs()) program.autoload = programs.includes(program.name);
    for (const map of open.maps()) {
      // Constants are each object's own, and one map only shows what rule sets look like.
      if (map.name === "no_rules" || map.name.endsWith(".rodata")) continue;
      map.reuse(host.main.map(map.name));
    }
    this.#object = open.load();
    this.#loaded = programs.map((name) => this.#object.program(name));
  }

  /**
   * Attaches all of them; the caller pins the links.
   *
   * @throws {BpfError} When the kernel refuses; what was attached ends with this object.
   */
  attach(): void {
    for (const program of this.#loaded) this.links.set(program.name, program.attach());
  }

  /** The sections of the programs that are attached. */
  get hooks(): string[] {
    return this.#loaded.filter(({ name }) => this.links.has(name)).map(({ section }) => section);
  }

  /** Its programs that were skipped because they were running already. */
  skipped(): Skipped {
    return skippedOf(this.#loaded);
  }

  /** Unloads what isn't pinned. */
  [Symbol.dispose](): void {
    for (const link of this.links.values()) link[Symbol.dispose]();
    this.#object[Symbol.dispose]();
  }
}
