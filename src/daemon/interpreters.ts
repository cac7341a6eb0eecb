/**
 * Finds the interpreters of the configuration on this host.
 *
 * @module
 */

import { openFile } from "../../ffi/libc.ts";
import type { LpFileId } from "../../ffi/layout.gen.ts";
import { type ByteString, textToByteString } from "../policy/bytes.ts";
import { type InterpreterRules, interpreterRules, unversioned } from "../policy/interpreters.ts";
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
  const listings = new Map<string, string[]>();
  for (const folder of FOLDERS) listings.set(folder, listed(folder));
  const names = new Map<ByteString, InterpreterRules>();
  const files: [LpFileId, InterpreterRules][] = [];
  for (const pattern of patterns) {
    const slash = pattern.lastIndexOf("/");
    const base = pattern.slice(slash + 1);
    const name = unversioned(textToByteString(base.replace(/\*+$/, "")));
    const rules = interpreterRules(name);
    if (slash < 0 && name) names.set(name, rules);
    const folders = slash < 0 ? FOLDERS : [pattern.slice(0, slash) || "/"];
    for (const folder of folders) {
      for (const file of listings.get(folder) ?? listed(folder)) {
        const id = matches(file, base) ? identify(kernel, `${folder}/${file}`) : null;
        if (id) files.push([id, rules]);
      }
    }
  }
  kernel.setInterpreters(names, files);
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

function identify(kernel: Kernel, path: string): LpFileId | null {
  try {
    using file = openFile(path);
    return kernel.query(file.number).file;
  } catch {
    // A dangling link, or a file that has gone meanwhile: nothing that could run.
    return null;
  }
}
