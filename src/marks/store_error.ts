/**
 * What can go wrong with the store.
 *
 * @module
 */

import { UserError } from "../errors.ts";

/** ExitCode.host: the host can't. */
const EXIT_HOST = 4;

/** The store can't do what was asked of it. */
export class StoreError extends UserError {
  override name = "StoreError";
  /** The file. */
  readonly path: string;

  /**
   * @param path The file.
   * @param action What was to be done with it.
   * @param why Why that failed.
   * @param options `hint`: what to do about it; `cause`: the error underneath.
   */
  constructor(
    path: string,
    action: string,
    why: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(`cannot ${action} the store ${path}`, why, { exit: EXIT_HOST, ...options });
    this.path = path;
  }
}

/**
 * The store's file is damaged. It is never repaired or replaced on the quiet,
 * since with it the knowledge goes which files came from the network.
 */
export class StoreCorrupt extends StoreError {
  override name = "StoreCorrupt";

  /**
   * @param path The file.
   * @param why What was found.
   * @param cause The error underneath.
   */
  constructor(path: string, why: string, cause?: unknown) {
    super(path, "use", `it is damaged: ${why}`, {
      hint:
        `restore it from a backup; or move it and ${path}-wal away to begin anew, without what ` +
        "was marked before",
      cause,
    });
  }
}

/**
 * Runs something on the store's file and words what goes wrong.
 *
 * @param path The file.
 * @param action What is done with it, to follow "cannot".
 * @param work Does it.
 * @returns What it returns.
 * @throws {StoreCorrupt} If SQLite finds the file damaged.
 * @throws {StoreError} If SQLite or the filesystem fails otherwise.
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const fail = () => {
 *   throw Object.assign(new Error("database disk image is malformed"), {
 *     code: "ERR_SQLITE_ERROR",
 *   });
 * };
 * assertThrows(() => guard("/x/store.db", "read", fail), StoreCorrupt, "it is damaged");
 * ```
 */
export function guard<T>(path: string, action: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw worded(path, action, error);
  }
}

// SQLITE_CORRUPT and SQLITE_NOTADB; only their texts reach us.
const DAMAGED = /malformed|is not a database/;

function worded(path: string, action: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const code = (error as { code?: unknown }).code;
  if (code === "ERR_SQLITE_ERROR") {
    return DAMAGED.test(error.message)
      ? new StoreCorrupt(path, error.message, error)
      : new StoreError(path, action, error.message, { cause: error });
  }
  // Errors of node:fs have an errno name; all others are ours and stay as they are.
  if (typeof code === "string" && /^E[A-Z]+$/.test(code)) {
    return new StoreError(path, action, FS_TEXT[code] ?? code, { cause: error });
  }
  return error;
}

const FS_TEXT: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the filesystem is read-only",
  ENOSPC: "no space is left",
};
