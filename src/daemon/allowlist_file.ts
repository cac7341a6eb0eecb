/**
 * The allowlist as a file that people edit and linprov appends to.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { DEFAULTS } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import { readSafely } from "../host/safe_file.ts";
import { bytesToByteString } from "../policy/bytes.ts";
import type { PolicyText } from "./protocol.ts";
import { folderOf, readRulesFolder } from "./rules_folder.ts";

const NEWLINE = 10;
const ENCODER = new TextEncoder();

/** The rules of a daemon: the file's, those of `rules.d`, then those permitted until it ends. */
export class AllowlistFile {
  readonly path: string;
  #once: readonly string[] = [];
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
   * Reads the file and those beside it.
   *
   * @returns All rules, also those permitted once.
   * @throws {UserError} When one can't be read, or isn't safe from others.
   */
  async read(): Promise<PolicyText> {
    return await this.#parts(await this.#readFile(), this.#once);
  }

  /**
   * What {@linkcode read} gives once a rule is added.
   *
   * @param rule The rule, as it is printed.
   * @param options `once`: by {@linkcode addOnce}, otherwise by {@linkcode add}.
   * @throws {UserError} As {@linkcode read}.
   */
  async readWith(rule: string, { once }: { once: boolean }): Promise<PolicyText> {
    const text = await this.#readFile();
    return once
      ? await this.#parts(text, withOnce(this.#once, rule))
      : await this.#parts(withRule(text, rule), this.#once);
  }

  async #parts(text: Uint8Array, once: readonly string[]): Promise<PolicyText> {
    const parts: PolicyText = [{ text }, ...await readRulesFolder(this.path)];
    if (once.length === 0) return parts;
    return [...parts, { once: true, text: ENCODER.encode(`${once.join("\n")}\n`) }];
  }

  /**
   * Adds a rule to the end of the file, in one step: a crash leaves the old
   * file or the new one. Comments and order stay, and so does a
   * file that has the rule already. What is added meanwhile waits.
   *
   * @param rule The rule, as it is printed.
   * @throws {UserError} When the file can't be written.
   */
  add(rule: string): Promise<void> {
    const added = this.#last.then(() => this.#append(rule));
    this.#last = added.catch(() => {});
    return added;
  }

  async #append(rule: string): Promise<void> {
    const before = await this.#readFile();
    const after = withRule(before, rule);
    if (after !== before) await this.#replace(after);
  }

  /** Adds a rule that is never written: it holds until the daemon ends. */
  addOnce(rule: string): void {
    this.#once = withOnce(this.#once, rule);
  }

  async #readFile(): Promise<Uint8Array> {
    try {
      const { bytes, unsafe } = await readSafely(this.path);
      if (unsafe) throw this.#failed("use", unsafe.why, undefined, unsafe.hint);
      return bytes;
    } catch (error) {
      if (error instanceof UserError) throw error;
      if (error instanceof Deno.errors.NotFound) {
        if (this.#mayBeMissing) return new Uint8Array();
        throw this.#failed("read", "no such file", error, "create it, or run: linprov setup");
      }
      throw this.#failed("read", reason(error), error);
    }
  }

  async #replace(text: Uint8Array): Promise<void> {
    try {
      await Deno.mkdir(folderOf(this.path), { recursive: true });
      // Where a link leads, as with a managed configuration, the file is replaced and the link stays.
      const path = await Deno.realPath(this.path).catch(() => this.path);
      const aside = `${path}.linprov-new`;
      const info = await Deno.stat(path).catch(() => null);
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
      await Deno.rename(aside, path);
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

/** The same text when the rule stands there already, as it is printed. */
function withRule(text: Uint8Array, rule: string): Uint8Array {
  const line = bytesToByteString(ENCODER.encode(rule));
  if (`\n${bytesToByteString(text)}\n`.includes(`\n${line}\n`)) return text;
  const gap = text.byteLength > 0 && text.at(-1) !== NEWLINE ? "\n" : "";
  return joined(text, ENCODER.encode(`${gap}${rule}\n`));
}

function withOnce(rules: readonly string[], rule: string): readonly string[] {
  return rules.includes(rule) ? rules : [...rules, rule];
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.byteLength + b.byteLength);
  whole.set(a);
  whole.set(b, a.byteLength);
  return whole;
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  return error instanceof Error ? error.message : String(error);
}
