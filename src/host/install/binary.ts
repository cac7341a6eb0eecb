/**
 * The program's own file: which one it is, and how another takes its place.
 *
 * @module
 */

import { getXattr } from "../../../ffi/xattr.ts";
import { BpfError } from "../../../ffi/error.ts";
import { ExitCode } from "../../cli/exit.ts";
import { UserError } from "../../errors.ts";
import { MARK_XATTR } from "../../marks/mark_codec.ts";
import { textToByteString } from "../../policy/bytes.ts";
import { lstat, makeFolder, remove, syncFolder } from "./files.ts";
import { BINARY, CACHE, NEW_BINARY, OLD_BINARY } from "./places.ts";
import { output, type Run } from "./run.ts";

/** Bytes that are read or written at a time. */
const CHUNK = 1024 * 1024;

/**
 * The file that runs: the portable binary as its launcher names it, or the
 * compiled one.
 *
 * @param env The environment.
 * @returns Its full path.
 * @throws {UserError} When the program runs from its sources.
 */
export function ownBinary(env: (name: string) => string | undefined): string {
  const path = Deno.build.standalone ? Deno.execPath() : env("LINPROV_SELF");
  if (path) return path;
  throw new UserError("cannot find the file to install", "this linprov runs from its sources", {
    exit: ExitCode.usage,
    hint: "build it with `deno task build`, and run ./linprov",
  });
}

/** Whether two files hold the same; one that is missing is like no other. */
export async function sameContent(a: string, b: string): Promise<boolean> {
  const [infoA, infoB] = [await lstat(a), await lstat(b)];
  if (!infoA || !infoB || infoA.size !== infoB.size) return false;
  using file = await Deno.open(a);
  using against = await Deno.open(b);
  const chunk = new Uint8Array(CHUNK);
  const other = new Uint8Array(CHUNK);
  for (let n = await readAll(file, chunk); n > 0; n = await readAll(file, chunk)) {
    if (await readAll(against, other) !== n || !equal(chunk, other, n)) return false;
  }
  return true;
}

function equal(a: Uint8Array, b: Uint8Array, length: number): boolean {
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Fills a buffer as far as the file goes. */
async function readAll(file: Deno.FsFile, buffer: Uint8Array): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const n = await file.read(buffer.subarray(length));
    if (n === null) break;
    length += n;
  }
  return length;
}

/**
 * Whether a file carries the mark of bytes from the network.
 *
 * @param path The file.
 * @returns Whether it does, as far as its filesystem tells.
 */
export function isMarked(path: string): boolean {
  try {
    return getXattr(textToByteString(path), MARK_XATTR) !== undefined;
  } catch (error) {
    // No attributes there, or no file.
    if (error instanceof BpfError) return false;
    throw error;
  }
}

/** Bytes at the end of a portable binary: its SHA-256 and the magic; see scripts/launcher. */
const TRAILER_END = 32 + 8;
const MAGIC = "LINPROV1";

/**
 * The folder that a portable binary unpacks itself into for root.
 *
 * @param path The binary.
 * @returns The folder, undefined when the binary isn't of that kind.
 */
export async function cacheFolder(path: string): Promise<string | undefined> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  if (size < TRAILER_END) return undefined;
  await file.seek(size - TRAILER_END, Deno.SeekMode.Start);
  const end = new Uint8Array(TRAILER_END);
  if (await file.read(end) !== TRAILER_END) return undefined;
  if (new TextDecoder().decode(end.subarray(32)) !== MAGIC) return undefined;
  return `${CACHE}/${end.subarray(0, 16).toHex()}`;
}

/**
 * Copies a program to where the next binary waits. Whoever runs this decides
 * whether the copy is marked: what a process writes that has read marked bytes
 * is, but the daemon's own work isn't.
 *
 * @param from The program.
 */
export async function copyToNew(from: string): Promise<void> {
  makeFolder(folderOf(NEW_BINARY));
  await remove(NEW_BINARY);
  using source = await Deno.open(from);
  if (!(await source.stat()).isFile) throw new TypeError(`${from} is not a regular file`);
  try {
    using copy = await Deno.open(NEW_BINARY, { write: true, createNew: true, mode: 0o700 });
    const chunk = new Uint8Array(CHUNK);
    for (let n = await source.read(chunk); n !== null; n = await source.read(chunk)) {
      for (let at = 0; at < n;) at += await copy.write(chunk.subarray(at, n));
    }
    await Deno.chmod(NEW_BINARY, 0o755);
    await copy.sync();
  } catch (error) {
    await remove(NEW_BINARY);
    throw error;
  }
}

/** What {@linkcode stage} needs. */
export interface StageOptions {
  /** The program that is to be installed. */
  from: string;
  /** Has the daemon copy it; resolves to false when no daemon runs. */
  adopt: (from: string) => Promise<boolean>;
  /** Starts programs. */
  run?: Run;
}

/**
 * Puts a program beside the installed one, without any mark, and tries it.
 * Under enforcement that proves that it may run, before anything is replaced.
 *
 * @param options What, and by whom.
 * @returns Its version.
 * @throws {UserError} When it isn't linprov, or doesn't run here.
 */
export async function stage({ from, adopt, run = output }: StageOptions): Promise<string> {
  // What a marked program unpacked is marked too: the copy does it again.
  const cache = await cacheFolder(from);
  const unpacked = cache === undefined ? [] : [`${cache}/linprov`, `${cache}/main.js`];
  if (unpacked.some(isMarked)) await discard(cache!);
  if (!await adopt(from)) await copyToNew(from);
  try {
    await Deno.chown(NEW_BINARY, 0, 0);
    return await versionOf(NEW_BINARY, run);
  } catch (error) {
    await remove(NEW_BINARY);
    throw error;
  }
}

/**
 * Asks a program for its version, which only linprov answers like linprov.
 *
 * @param path The program.
 * @param run Starts it.
 * @returns The version.
 * @throws {UserError} When it isn't linprov, or doesn't run here.
 */
export async function versionOf(path: string, run: Run = output): Promise<string> {
  const failed = (why: string, cause?: unknown) =>
    new UserError(`cannot use ${path}`, why, { exit: ExitCode.host, cause });
  const answer = await run(path, ["--version"]).catch((error) => {
    throw failed(reason(error), error);
  });
  const version = /^linprov (\S+)\n$/.exec(answer?.out ?? "")?.[1];
  if (answer?.code === 0 && version !== undefined) return version;
  const said = answer && (answer.err.trim().split("\n")[0] || answer.out.trim().split("\n")[0]);
  throw failed(said ? `it is not linprov, or doesn't run here: ${said}` : "it is not linprov");
}

function reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/ \(os error \d+\).*/, "");
}

/** The staged program takes the installed one's place; that one is kept. */
export async function swapIn(): Promise<void> {
  await remove(OLD_BINARY);
  if (await lstat(BINARY)) await Deno.link(BINARY, OLD_BINARY);
  await Deno.rename(NEW_BINARY, BINARY);
  await syncFolder(folderOf(BINARY));
}

/** The program that was kept takes its place again. */
export async function swapBack(): Promise<void> {
  await Deno.rename(OLD_BINARY, BINARY);
  await syncFolder(folderOf(BINARY));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** Removes a cache folder; a start at the same time sees all of it or nothing. */
async function discard(folder: string): Promise<void> {
  const aside = `${CACHE}/.old-${crypto.randomUUID().slice(0, 8)}`;
  try {
    await Deno.rename(folder, aside);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await remove(aside);
}
