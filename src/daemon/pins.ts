/**
 * What outlives the daemon: maps and links pinned in the BPF filesystem. A
 * daemon that crashes leaves its last policy enforced, and the next one takes
 * its maps over and replaces its links, with no moment without a gate.
 *
 * The folder of the pins is named after the layout of the maps and the host's
 * key: only who reads them in the same way takes them over.
 *
 * @module
 */

import { removeFile, removeFolder, renameFile } from "../../ffi/folder.ts";
import { stateLayout } from "../../ffi/layout.gen.ts";
import type { Link } from "../../ffi/link.ts";
import type { OpenObject } from "../../ffi/object.ts";
import { isFilesystem, Magic } from "../host/filesystem.ts";
import type { PathHasher } from "../marks/path_hash.ts";
import { keepPrograms } from "./kept_programs.ts";
import { makeOwnFolder, namesIn } from "./pin_folder.ts";

/** Where everything is pinned. */
export const PIN_FOLDER = "/sys/fs/bpf/linprov";

/** Not pinned: constants are each object's own, and this one only shows what rule sets look like. */
const UNPINNED: ReadonlySet<string> = new Set(["rodata", "no_rules"]);

/** The pins of one daemon, or of the one before it. */
export class Pins {
  readonly #root: string;
  // In the root.
  readonly #name: string;
  /** Whether programs were attached here before: what they enforce is taken over. */
  readonly takesOver: boolean;
  #kept: boolean;

  private constructor(root: string, name: string) {
    this.#root = root;
    this.#name = name;
    this.takesOver = linkNames(this.#folder).length > 0;
    this.#kept = this.takesOver;
  }

  /**
   * Makes the folder, or finds it.
   *
   * @param hasher Hashes under the host's key.
   * @param root The folder of all pins.
   * @returns Null where there is no BPF filesystem: nothing outlives the daemon then.
   * @throws {BpfError} When the folder can't be made, or is somebody else's (EPERM): where all may
   * write to the BPF filesystem, anybody could have made it.
   */
  static open(hasher: PathHasher, root: string = PIN_FOLDER): Pins | null {
    if (!isFilesystem(root.slice(0, root.lastIndexOf("/")), Magic.bpf)) return null;
    makeOwnFolder(root);
    const key = hasher.name("linprov").toString(16).padStart(16, "0").slice(0, 8);
    const name = `${stateLayout}_${key}`;
    makeOwnFolder(`${root}/${name}`);
    return new Pins(root, name);
  }

  /** Has the object take the maps that are pinned here, and pin those that aren't. */
  setPaths(object: OpenObject): void {
    for (const map of object.maps()) {
      if (!UNPINNED.has(withoutDot(map.name))) map.setPinPath(this.mapPath(map.name));
    }
  }

  /** Where a map is pinned. The filesystem keeps names with dots for itself. */
  mapPath(name: string): string {
    return mapPath(this.#folder, name);
  }

  /**
   * Pins links in the place of those of before, whose attachment ends: each hook has a program
   * throughout.
   *
   * @param links By the name of their program.
   * @throws {BpfError} When the kernel refuses; what was there before stays attached.
   */
  keep(links: ReadonlyMap<string, Link>): void {
    const before = linkNames(this.#folder).map((link) => link.slice("link_".length));
    this.add(links);
    // Hooks that only the daemon before this one had.
    this.remove(before.filter((name) => !links.has(name)));
  }

  /** Pins more links, or pins them in the place of others. */
  add(links: ReadonlyMap<string, Link>): void {
    keepPrograms(this.#folder, [...links.keys()].map((name) => `link_${name}`));
    for (const [name, link] of links) {
      const path = `${this.#folder}/link_${name}`;
      // One that a start left here when it failed in between.
      removeFile(`${path}_new`);
      link.pin(`${path}_new`);
      renameFile(`${path}_new`, path);
      this.#kept = true;
    }
  }

  /** Removes the pins of links, by the name of their program. */
  remove(names: Iterable<string>): void {
    removeLinks(this.#folder, [...names].map((name) => `link_${name}`));
  }

  /** What a linprov with another layout, or another key, has left. */
  get others(): OtherPins[] {
    const key = this.#name.slice(this.#name.indexOf("_"));
    return namesIn(this.#root).filter((name) => name !== this.#name).map((name) => {
      const folder = `${this.#root}/${name}`;
      return {
        sameKey: name.endsWith(key),
        mapPath: (map) => mapPath(folder, map),
        detach: () => removeLinks(folder, linkNames(folder)),
        remove: () => removePins(folder),
      };
    });
  }

  /** Removes all pins: what isn't held by a process ends. */
  release(): void {
    this.#kept = false;
    removePins(this.#folder);
    if (namesIn(this.#root).length === 0) removeFolder(this.#root);
  }

  /** Leaves what is pinned as it is, unless nothing of it has ever been attached. */
  [Symbol.dispose](): void {
    if (!this.#kept) this.release();
  }

  /** Where the maps and links are. */
  get folder(): string {
    return this.#folder;
  }

  get #folder(): string {
    return `${this.#root}/${this.#name}`;
  }
}

/** The pins of a linprov whose maps can't be taken over as they are. */
export interface OtherPins {
  /** Whether its hashes mean here what they meant there. */
  sameKey: boolean;
  mapPath: (name: string) => string;
  /** Ends what its programs do. */
  detach: () => void;
  /** Removes the rest. */
  remove: () => void;
}

/** What a daemon that is gone has left attached. */
export interface LeftBehind {
  /** The hooks' programs. */
  programs: string[];
  /** Where a map of it is pinned. */
  mapPath: (name: string) => string;
}

/**
 * Looks for what is enforced without a daemon.
 *
 * @param root The folder of all pins.
 * @returns Null when nothing is.
 * @throws {BpfError} When it may not be read.
 */
export function leftBehind(root: string = PIN_FOLDER): LeftBehind | null {
  for (const name of namesIn(root)) {
    const folder = `${root}/${name}`;
    const programs = linkNames(folder).map((link) => link.slice("link_".length));
    if (programs.length === 0) continue;
    return { programs, mapPath: (map) => mapPath(folder, map) };
  }
  return null;
}

/** The pins of one daemon, from outside. */
export interface FoundPins {
  /** Layout and key. */
  name: string;
  mapPath: (name: string) => string;
  /** The programs that are attached. */
  programs: string[];
  /** Ends the programs whose names begin so. */
  removeLinks: (prefix: string) => void;
}

/**
 * All pins there are.
 *
 * @param root The folder of all pins.
 * @throws {BpfError} When it may not be read.
 */
export function allPins(root: string = PIN_FOLDER): FoundPins[] {
  return namesIn(root).map((name) => {
    const folder = `${root}/${name}`;
    return {
      name,
      mapPath: (map) => mapPath(folder, map),
      programs: linkNames(folder).map((link) => link.slice("link_".length)),
      removeLinks: (prefix) =>
        removeLinks(folder, linkNames(folder).filter((link) => link.startsWith(`link_${prefix}`))),
    };
  });
}

/**
 * Removes every pin: enforcement ends where no daemon runs.
 *
 * @param root The folder of all pins.
 * @throws {BpfError} When it may not.
 */
export function removeAllPins(root: string = PIN_FOLDER): void {
  for (const name of namesIn(root)) removePins(`${root}/${name}`);
  removeFolder(root);
}

function mapPath(folder: string, name: string): string {
  return `${folder}/map_${withoutDot(name)}`;
}

/** Global variables are in a map called `linprov.bss`. */
function withoutDot(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function linkNames(folder: string): string[] {
  return namesIn(folder).filter((name) => name.startsWith("link_") && !name.endsWith("_new"));
}

function removeLinks(folder: string, names: readonly string[]): void {
  keepPrograms(folder, names);
  for (const name of names) removeFile(`${folder}/${name}`);
}

function removePins(folder: string): void {
  keepPrograms(folder, linkNames(folder));
  // Links come first by their names: what is half removed enforces nothing.
  for (const name of namesIn(folder)) removeFile(`${folder}/${name}`);
  removeFolder(folder);
}
