/**
 * `rules.d`: files beside the allowlist that are part of the policy.
 *
 * The folder and its files have to be safe from others. What isn't so is an
 * error, not left out: it may refuse something.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import { readSafely, unsafe } from "../host/safe_file.ts";
import type { PolicyPart } from "../policy/policy.ts";

/** What the files are called; others in the folder mean nothing. */
const SUFFIX = ".allow";

/** No blanks and control bytes: the names stand in log lines and errors. */
const NAME = /^[\w.+@-]+$/;

/**
 * The folder of a file.
 *
 * @param path The file.
 * @returns The folder, without a slash at its end unless it is the root.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["/a/b", "/a", "a"].map(folderOf), ["/a", "/", "."]);
 * ```
 */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

/**
 * Where an allowlist's further files are.
 *
 * @param allowlist The allowlist.
 * @returns The folder, which may not exist.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rulesFolder("/etc/linprov/allowlist"), "/etc/linprov/rules.d");
 * ```
 */
export function rulesFolder(allowlist: string): string {
  return `${folderOf(allowlist).replace(/\/$/, "")}/rules.d`;
}

/**
 * Reads an allowlist's further files.
 *
 * @param allowlist The allowlist.
 * @returns The files, sorted by the bytes of their names.
 * @throws {UserError} When one can't be read, or isn't safe from others.
 */
export async function readRulesFolder(allowlist: string): Promise<PolicyPart[]> {
  const folder = rulesFolder(allowlist);
  const info = await lstat(folder);
  if (!info) return [];
  if (!info.isDirectory) throw refused(folder, "it is not a folder");
  const found = unsafe(folder, info, Deno.uid());
  if (found) throw refused(folder, found.why, found.hint);
  const parts: PolicyPart[] = [];
  for (const name of await namesIn(folder)) {
    const file = `${folder}/${name}`;
    parts.push({ file, text: await readSafe(file) });
  }
  return parts;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  await attempt(folder, async () => {
    for await (const { name } of Deno.readDir(folder)) {
      // Like a shell's *.allow: editors put locks and drafts into names that begin with a dot.
      if (name.endsWith(SUFFIX) && !name.startsWith(".")) names.push(name);
    }
  });
  const odd = names.find((name) => !NAME.test(name));
  if (odd !== undefined) {
    const file = `${folder}/${JSON.stringify(odd)}`;
    throw refused(file, "its name has other signs than letters, digits and . _ + @ -", "rename it");
  }
  // All of them are ASCII now, so this is the order of their bytes.
  return names.sort((a, b) => a < b ? -1 : 1);
}

async function readSafe(path: string): Promise<Uint8Array> {
  const info = await lstat(path);
  // It is there: nobody but root can have put something else there by now.
  if (info && !info.isFile) throw refused(path, "it is not a regular file", "put the rules there");
  const { bytes, unsafe } = await attempt(path, () => readSafely(path));
  if (unsafe) throw refused(path, unsafe.why, unsafe.hint);
  return bytes;
}

async function lstat(path: string): Promise<Deno.FileInfo | null> {
  return await attempt(path, async () => {
    try {
      return await Deno.lstat(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  });
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error)) throw error;
    const why = error instanceof Deno.errors.PermissionDenied
      ? "permission denied"
      : error.message.replace(/ \(os error \d+\).*/, "");
    throw new UserError(`cannot read the rules ${path}`, why, {
      exit: ExitCode.config,
      cause: error,
    });
  }
}

function refused(path: string, why: string, fix?: string): UserError {
  return new UserError(`cannot use the rules ${path}`, why, {
    exit: ExitCode.config,
    ...fix && { hint: fix },
  });
}
