/**
 * The allowlist as a file that people edit and linprov appends to.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { DEFAULTS } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import type { PolicyText } from "./protocol.ts";

const NEWLINE = 10;
const ENCODER = new TextEncoder();

/** The rules of a daemon: the file's, then those permitted until it ends. */
export class AllowlistFile {
  readonly path: string;
  #once: string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  readonly #mayBeMissing: boolean;

  /**
   * @param path The file.
   * @param options `mayBeMissing`: no file is no rules; the default one always may.
   */
  constructor(path: string, options: { mayBeMissing?: boolean } = {}) {
    this.path = path;
    this.#mayBeMissing = options.mayBeMissing ?? path === DEFAULTS.allowlist;
  }

  /**
   * Reads the file.
   *
   * @returns All rules, also those permitted once.
   * @throws {UserError} When it can't be read.
   */
  async read(): Promise<PolicyText> {
    return this.#all(await this.#readFile());
  }

  /**
   * Adds a rule to the end of the file, in one step: a crash leaves the old
   * file or the new one. Comments and order stay, and so does a
   * file that has the rule already. What is added meanwhile waits.
   *
   * @param rule The rule, as it is printed.
   * @returns All rules.
   * @throws {UserError} When the file can't be written.
   */
  add(rule: string): Promise<PolicyText> {
    const added = this.#last.then(() => this.#append(rule));
    this.#last = added.catch(() => {});
    return added;
  }

  async #append(rule: string): Promise<PolicyText> {
    const before = await this.#readFile();
    if (hasLine(before, rule)) return this.#all(before);
    const gap = before.byteLength > 0 && before.at(-1) !== NEWLINE ? "\n" : "";
    const after = joined([before, ENCODER.encode(`${gap}${rule}\n`)]);
    await this.#replace(after);
    return this.#all(after);
  }

  /** Adds a rule that is never written; see {@linkcode add}. */
  async addOnce(rule: string): Promise<PolicyText> {
    if (!this.#once.includes(rule)) this.#once.push(rule);
    return await this.read();
  }

  #all(file: Uint8Array): PolicyText {
    const fileSize = file.byteLength;
    if (this.#once.length === 0) return { text: file, fileSize };
    return { text: joined([file, ENCODER.encode(`\n${this.#once.join("\n")}\n`)]), fileSize };
  }

  async #readFile(): Promise<Uint8Array> {
    try {
      return await Deno.readFile(this.path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        if (this.#mayBeMissing) return new Uint8Array();
        throw this.#failed("read", "no such file", error, "create it, or run: linprov setup");
      }
      throw this.#failed("read", reason(error), error);
    }
  }

  async #replace(text: Uint8Array): Promise<void> {
    const aside = `${this.path}.linprov-new`;
    try {
      const info = await Deno.stat(this.path).catch(() => null);
      const folder = this.path.slice(0, this.path.lastIndexOf("/")) || "/";
      await Deno.mkdir(folder, { recursive: true });
      await Deno.remove(aside).catch(() => {});
      const file = await Deno.open(aside, { write: true, createNew: true, mode: 0o600 });
      try {
        for (let at = 0; at < text.byteLength;) at += await file.write(text.subarray(at));
        await file.sync();
      } finally {
        file.close();
      }
      if (info?.mode) await Deno.chmod(aside, info.mode & 0o7777);
      if (info?.uid !== null && info?.uid !== undefined) {
        await Deno.chown(aside, info.uid, info.gid);
      }
      await Deno.rename(aside, this.path);
    } catch (error) {
      throw this.#failed("write", reason(error), error);
    }
  }

  #failed(verb: string, why: string, cause: unknown, hint?: string): UserError {
    return new UserError(`cannot ${verb} the allowlist ${this.path}`, why, {
      exit: ExitCode.config,
      cause,
      ...(hint ? { hint } : {}),
    });
  }
}

/** Whether a rule stands there already, as it is printed: then it is ASCII. */
function hasLine(text: Uint8Array, rule: string): boolean {
  return `\n${new TextDecoder("latin1").decode(text)}\n`.includes(`\n${rule}\n`);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  return error instanceof Error ? error.message : String(error);
}
