/**
 * The funnels through which every failure of native code passes, and the
 * error they make of it.
 *
 * @module
 */
import { errnoName, errnoText } from "./errno.ts";
import { settled } from "./_libc_symbols.ts";

/** A call into libbpf, the C library or the kernel failed. */
export class BpfError extends Error {
  override name = "BpfError";
  /** What was tried, as words that follow "could not", e.g. `load object linprov`. */
  readonly action: string;
  /** The positive error number. */
  readonly errno: number;
  /** The symbolic name of the error number, e.g. `EPERM`. */
  readonly code: string;
  /** The verifier's log, when the kernel refused a program and gave one. */
  readonly log: string | undefined;

  /**
   * @param action What was tried, as words that follow "could not".
   * @param errno The positive error number.
   * @param options `log`: the verifier's log.
   */
  constructor(action: string, errno: number, options: { log?: string } = {}) {
    const code = errnoName(errno);
    super(`Could not ${action}: ${errnoText(errno)} (${code})`);
    this.action = action;
    this.errno = errno;
    this.code = code;
    this.log = options.log === "" ? undefined : options.log;
  }
}

/** What was tried: words, or a function that makes them only when they are needed. */
export type Action = string | (() => string);

/** The words of an action. */
export function actionText(action: Action): string {
  return typeof action === "string" ? action : action();
}

/**
 * The funnel for functions of libbpf that return an integer: since 1.0 all of them return minus the
 * error number.
 *
 * @param rc What the call returned.
 * @param action What was tried, as words that follow "could not".
 * @returns `rc`, when it is not negative.
 * @throws {BpfError} When `rc` is negative.
 */
export function checkInt(rc: number, action: Action): number {
  if (rc >= 0) return rc;
  throw new BpfError(actionText(action), -rc);
}

/**
 * The funnel for functions of the C library that return -1 and set errno.
 *
 * @param work Makes the call, more than once where V8 has overwritten errno: see
 * {@linkcode settled}.
 * @param action What was tried, as words that follow "could not".
 * @returns What the call returned, when it is not negative.
 * @throws {BpfError} When it is negative.
 */
export function checkCall(work: () => number, action: Action): number {
  const rc = settled(work);
  if (rc >= 0) return rc;
  throw new BpfError(actionText(action), -rc);
}

/**
 * The funnel for functions that return a pointer, or null and set errno.
 *
 * @param work Makes the call, which leaves nothing behind when it fails: more than once where V8 has
 * overwritten errno, see {@linkcode settled}.
 * @param action What was tried, as words that follow "could not".
 * @returns What the call returned, when it is not null.
 * @throws {BpfError} When it is null.
 */
export function checkPtr(work: () => Deno.PointerValue, action: Action): Deno.PointerObject {
  let pointer: Deno.PointerValue = null;
  checkCall(() => (pointer = work()) === null ? -1 : 0, action);
  return pointer!;
}

/**
 * Does something with a file that may be gone or out of reach.
 *
 * @param work Does it.
 * @returns What it returns; null when it fails with a {@linkcode BpfError}.
 */
export function reach<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof BpfError) return null;
    throw error;
  }
}
