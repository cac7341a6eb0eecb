/**
 * Finds the interpreters of the configuration on this host.
 *
 * @module
 */

import { openFile } from "../../ffi/libc.ts";
import { textToByteString } from "../policy/bytes.ts";
import { interpreterRules, unversioned } from "../policy/interpreters.ts";
import type { Kernel } from "./kernel.ts";

/** Where programs lie; the kernel also knows interpreters by name, wherever they lie. */
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/opt/bin"];

/**
 * Tells the kernel which executables are interpreters: by name for the usual
 * ones, by the file itself for what a pattern or a full path names.
 *
 * @param kernel The loaded object.
 * @param patterns Base names or full paths, `*` for any ending.
 */
export function setInterpreters(kernel: Kernel, patterns: readonly string[]): void {
  const names = new Map<string, string[]>();
  for (const folder of FOLDERS) names.set(folder, listed(folder));
  for (const pattern of patterns) {
    const slash = pattern.lastIndexOf("/");
    const base = pattern.slice(slash + 1);
    if (slash < 0) {
      const name = unversioned(textToByteString(base.replace(/\*+$/, "")));
      if (name) kernel.addInterpreterName(name, interpreterRules(name));
    }
    const folders = slash < 0 ? FOLDERS : [pattern.slice(0, slash) || "/"];
    for (const folder of folders) {
      for (const file of names.get(folder) ?? listed(folder)) {
        if (matches(file, base)) addFile(kernel, `${folder}/${file}`, base);
      }
    }
  }
}

function matches(file: string, pattern: string): boolean {
  return pattern.endsWith("*") ? file.startsWith(pattern.slice(0, -1)) : file === pattern;
}

function listed(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return [];
    }
    throw error;
  }
}

function addFile(kernel: Kernel, path: string, pattern: string): void {
  try {
    using file = openFile(path);
    const rules = interpreterRules(textToByteString(pattern.replace(/\*+$/, "")));
    kernel.addInterpreterFile(kernel.query(file.number).file, rules);
  } catch {
    // A dangling link, or a file that has gone meanwhile: nothing that could run.
  }
}
