/**
 * The allowlist as a file that people edit and linprov appends to.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { DEFAULTS } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import { bytesToByteString } from "../policy/bytes.ts";

const NEWLINE = 10;
const ENCODER = new TextEncoder();

/** The rules of a daemon: the file's, then those permitted until it ends. */
export class AllowlistFile {
  readonly path: string;
  #text: Uint8Array = new Uint8Array();
  #once: string[] = [];
  // Where each rule stands, made when the first is asked for.
  #lines: number[] | undefined;

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
  async read(): Promise<Uint8Array> {
    this.#text = await this.#readFile();
    return this.#all();
  }

  /**
   * Adds a rule to the end of the file, in one step: a crash leaves the old
   * file or the new one. Comments and order stay.
   *
   * @param rule The rule, as it is printed.
   * @returns All rules.
   * @throws {UserError} When the file can't be written.
   */
  async add(rule: string): Promise<Uint8Array> {
    const before = await this.#readFile();
    const gap = before.byteLength > 0 && before.at(-1) !== NEWLINE ? "\n" : "";
    const after = joined([before, ENCODER.encode(`${gap}${rule}\n`)]);
    await this.#replace(after);
    this.#text = after;
    return this.#all();
  }

  /** Adds a rule that is never written; see {@linkcode add}. */
  async addOnce(rule: string): Promise<Uint8Array> {
    this.#once.push(rule);
    return await this.read();
  }

  /**
   * The rule with a number that the kernel reported.
   *
   * @param number 1 is the first rule; 0 is none.
   * @returns Its line and text, or undefined when there is none.
   */
  rule(number: number): { line: number; text: string } | undefined {
    if (number === 0) return undefined;
    const lines = this.#rawLines();
    this.#lines ??= ruleLines(lines);
    const line = this.#lines[number - 1];
    return line === undefined ? undefined : { line, text: lines[line - 1]!.trim() };
  }

  #rawLines(): string[] {
    return bytesToByteString(this.#all()).split("\n");
  }

  #all(): Uint8Array {
    this.#lines = undefined;
    if (this.#once.length === 0) return this.#text;
    return joined([this.#text, ENCODER.encode(`\n${this.#once.join("\n")}\n`)]);
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

/** 1-based lines that hold a rule, in order: neither blank nor a comment. */
function ruleLines(lines: readonly string[]): number[] {
  const numbers: number[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text !== "" && !text.startsWith("#")) numbers.push(index + 1);
  }
  return numbers;
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
