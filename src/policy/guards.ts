/**
 * Guards: protections beside the marks, each with operations of its own. What
 * they are called, and what may be said of them.
 *
 * @module
 */

import type { ByteString } from "./bytes.ts";
import { requireExecutables, requireForm } from "./_forms.ts";
import { unknownName } from "./suggest.ts";

/** What a guard is called, and the operations it knows; the position is the number of its bit. */
interface GuardSpec {
  /** Its short name. */
  alias?: string;
  operations: readonly string[];
}

/** All guards; the order is that of `enum lp_guard_number` in bpf/wire.h. */
const SPECS = {
  "kernel-image": {
    alias: "kimg",
    operations: [
      ...["unsigned_module", "autoload_module", "unsafe_module_parameters", "dev_mem", "efi_test"],
      ...["kexec", "hibernation", "pci_access", "ioport", "msr", "acpi_tables", "pcmcia_cis"],
      ...["tiocsserial", "mmiotrace", "debugfs", "xmon_rw", "bpf_write", "kcore"],
    ],
  },
  "kernel-modules": {
    alias: "kmodules",
    operations: [
      ...["load_module", "autoload_module", "unsigned_module", "unsafe_module_parameters"],
    ],
  },
  "bpf": {
    alias: "disablebpf",
    operations: ["map_create", "prog_load", "btf_load", "bpf_write"],
  },
  "fileless": { alias: "memfd", operations: ["memfd", "unlinked", "library"] },
  "filesystem": {
    operations: ["remount_root", "write_root", "sysfs_write", "mount", "umount"],
  },
  "namespaces": { operations: ["user", "mount", "net", "pid", "ipc", "uts", "cgroup"] },
} as const satisfies Record<string, GuardSpec>;

/** The full name of a guard. */
export type GuardName = keyof typeof SPECS;

/** All guards by their full names. */
export const GUARD_NAMES = Object.keys(SPECS) as readonly GuardName[];

/** What may be said of a guard: `allow` is another word for `none`. */
export const PERMISSIONS = ["none", "allow", "restrict", "deny"] as const;

/** Who may do what a guard covers: everybody, the host's processes, or nobody. */
export type Permission = "none" | "restrict" | "deny";

/** A guard that is on. */
export interface GuardSetting {
  name: GuardName;
  permission: Permission;
  /** What it covers, in the order of its operations; never none. */
  operations: readonly string[];
  /** Executables whose processes it doesn't hold for: full paths on the host. */
  programs: readonly ByteString[];
  /** Of `filesystem`: files, and folders with all that is in them, which may be written. */
  paths: readonly ByteString[];
  /** Of `filesystem`: kinds of filesystems and sources that may be mounted. */
  mounts: readonly ByteString[];
}

/** A guard as it is written down. */
export interface GuardText {
  permission: string;
  /** Operations that are permitted all the same. */
  allow?: readonly string[];
  /** The operations that are covered; all of them without it. */
  block?: readonly string[];
  programs?: readonly ByteString[];
  paths?: readonly ByteString[];
  mounts?: readonly ByteString[];
}

/** Bytes of a source that the kernel compares. */
const MOUNT_BYTES = 63;

/**
 * The operations of a guard.
 *
 * @param name The guard.
 * @returns Their names; the position is the number of the bit.
 */
export function guardOperations(name: GuardName): readonly string[] {
  return SPECS[name].operations;
}

/**
 * Finds a guard by its name or its short one.
 *
 * @param text What was written.
 * @returns The full name.
 * @throws {SyntaxError} When there is none; the message names those there are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findGuard("memfd"), "fileless");
 * ```
 */
export function findGuard(text: string): GuardName {
  const found = GUARD_NAMES.find((name) => name === text || aliasOf(name) === text);
  if (found) return found;
  const known = GUARD_NAMES.flatMap((name) => [name, aliasOf(name) ?? []].flat());
  throw new SyntaxError(unknownName("guard", text, known));
}

/**
 * Checks what was written of a guard.
 *
 * @param name The guard.
 * @param text What was written.
 * @returns The setting.
 * @throws {SyntaxError} On a permission or operation that isn't known, or when nothing is left that
 * the guard would cover.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { operations } = readGuard("fileless", { permission: "deny", allow: ["memfd"] });
 * assertEquals(operations, ["unlinked", "library"]);
 * ```
 */
export function readGuard(name: GuardName, text: GuardText): GuardSetting {
  const permission = readPermission(text.permission);
  const allow = readOperations(name, text.allow ?? []);
  const block = readOperations(name, text.block ?? guardOperations(name));
  const operations = guardOperations(name).filter((each) => block.has(each) && !allow.has(each));
  if (operations.length === 0) {
    throw new SyntaxError("it guards nothing: what block names, allow permits");
  }
  const { programs = [], paths = [], mounts = [] } = text;
  requireExecutables(programs);
  requireForm(paths, /^\/[^\0]*$/, "no full path; a folder ends with a slash");
  requireForm(mounts, /^[^\0]+$/, "no kind of filesystem, nor what is mounted");
  requireForm(mounts, new RegExp(`^[^]{1,${MOUNT_BYTES}}$`), `longer than ${MOUNT_BYTES} bytes`);
  if (name !== "filesystem" && paths.length + mounts.length > 0) {
    throw new SyntaxError("only the guard filesystem has paths and mounts");
  }
  const [own, places, sources] = [programs, paths, mounts].map((each) => [...new Set(each)]);
  return { name, permission, operations, programs: own!, paths: places!, mounts: sources! };
}

/**
 * Reads a permission.
 *
 * @param text What was written.
 * @returns The permission.
 * @throws {SyntaxError} When it is none; the message names those there are.
 */
export function readPermission(text: string): Permission {
  if (text === "none" || text === "allow") return "none";
  if (text === "restrict" || text === "deny") return text;
  throw new SyntaxError(unknownName("permission", text, PERMISSIONS));
}

/**
 * Puts guards of the command line over those of the configuration.
 *
 * @param guards Those of the configuration.
 * @param flags `NAME=PERMISSION` each; what else the configuration says of such a guard stays.
 * @returns All guards that are on, in their order.
 * @throws {SyntaxError} On what isn't known, and on a guard that is named twice.
 */
export function withGuardFlags(
  guards: readonly GuardSetting[],
  flags: readonly string[],
): GuardSetting[] {
  const all = new Map(guards.map((guard) => [guard.name, guard]));
  const named = new Set<GuardName>();
  for (const flag of flags) {
    const at = flag.indexOf("=");
    if (at < 0) throw new SyntaxError(`${JSON.stringify(flag)} is not NAME=PERMISSION`);
    const name = findGuard(flag.slice(0, at));
    if (named.has(name)) throw new SyntaxError(`${name} is given twice`);
    named.add(name);
    const permission = readPermission(flag.slice(at + 1));
    all.set(name, { ...all.get(name) ?? readGuard(name, { permission }), permission });
  }
  return GUARD_NAMES.flatMap((name) => all.get(name) ?? []);
}

/**
 * The bits of operations, as the kernel has them.
 *
 * @param name The guard.
 * @param operations Some of its operations.
 */
export function operationBits(name: GuardName, operations: readonly string[]): number {
  const all = guardOperations(name);
  return operations.reduce((bits, each) => bits | 1 << all.indexOf(each), 0) >>> 0;
}

function readOperations(name: GuardName, given: readonly string[]): Set<string> {
  const known = guardOperations(name);
  const wrong = given.find((each) => !known.includes(each));
  if (wrong !== undefined) throw new SyntaxError(unknownName(`operation of ${name}`, wrong, known));
  return new Set(given);
}

function aliasOf(name: GuardName): string | undefined {
  const spec: GuardSpec = SPECS[name];
  return spec.alias;
}
