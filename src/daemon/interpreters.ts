/**
 * Finds the interpreters of the configuration on this host.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { openFile, readStart, status } from "../../ffi/libc.ts";
import type { LpFileId } from "../../ffi/layout.gen.ts";
import { type ByteString, textToByteString } from "../policy/bytes.ts";
import { type InterpreterRules, interpreterRules, unversioned } from "../policy/interpreters.ts";
import { HEADER_SIZE, type PathHasher } from "../marks/path_hash.ts";
import type { Kernel } from "./kernel.ts";
import type { Print } from "./tables.ts";

/** Where programs lie; the kernel also knows interpreters by name, wherever they lie. */
const FOLDERS = ["/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/opt/bin"];

/**
 * Tells the kernel which executables are interpreters: by name for the usual
 * ones, by the file itself for what a pattern or a full path names.
 *
 * @param kernel The loaded object.
 * @param hasher Hashes under this host's key.
 * @param patterns Base names or full paths, `*` for any ending.
 */
export function setInterpreters(
  kernel: Kernel,
  hasher: PathHasher,
  patterns: readonly string[],
): void {
  const listings = new Map<string, string[]>();
  for (const folder of FOLDERS) listings.set(folder, listed(folder));
  const names = new Map<ByteString, InterpreterRules>();
  const files: [LpFileId, InterpreterRules][] = [];
  const prints: [Print, InterpreterRules][] = [];
  for (const pattern of patterns) {
    const slash = pattern.lastIndexOf("/");
    const base = pattern.slice(slash + 1);
    const name = unversioned(textToByteString(base.replace(/\*+$/, "")));
    const rules = interpreterRules(name);
    if (slash < 0 && name) names.set(name, rules);
    const folders = slash < 0 ? FOLDERS : [pattern.slice(0, slash) || "/"];
    for (const folder of folders) {
      for (const file of listings.get(folder) ?? listed(folder)) {
        const found = matches(file, base) ? identify(kernel, hasher, `${folder}/${file}`) : null;
        if (!found) continue;
        files.push([found.id, rules]);
        if (found.print) prints.push([found.print, rules]);
      }
    }
  }
  kernel.setInterpreters(names, files, prints);
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

interface Found {
  id: LpFileId;
  /** Undefined for a script: an interpreter that is one is known by its own. */
  print?: Print;
}

function identify(kernel: Kernel, hasher: PathHasher, path: string): Found | null {
  try {
    using file = openFile(path);
    const { file: id } = kernel.marks.query(file.number);
    const start = readStart(file, HEADER_SIZE);
    if (!ELF.every((byte, index) => start[index] === byte)) return { id };
    return { id, print: { size: status(file).size, header: hasher.header(start) } };
  } catch (error) {
    // A dangling link, or a file that has gone meanwhile: nothing that could run.
    if (error instanceof BpfError) return null;
    throw error;
  }
}

/** How an ELF file starts. */
const ELF = [0x7f, 0x45, 0x4c, 0x46];
