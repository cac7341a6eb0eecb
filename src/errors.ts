/**
 * The errors that are meant for the person at the terminal.
 *
 * @module
 */

/** What a {@linkcode UserError} carries besides its two phrases. */
export interface UserErrorOptions {
  /** The exit code of the program, one of `ExitCode` in src/cli/exit.ts. */
  exit: number;
  /** What to do about it, printed on a line of its own. */
  hint?: string;
  /** The error underneath, shown only at log level debug. */
  cause?: unknown;
}

/**
 * An error whose text is complete for the person who reads it, so that no
 * stack trace is needed. Only main.ts prints it, as `linprov: WHAT: WHY`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const error = new UserError("cannot read /etc/linprov/allowlist", "no such file", {
 *   exit: 3,
 *   hint: "create it with: linprov setup",
 * });
 * assertEquals(error.message, "cannot read /etc/linprov/allowlist: no such file");
 * ```
 */
export class UserError extends Error {
  override name = "UserError";
  /** The action that failed, with the value it failed on. */
  readonly what: string;
  /** Why it failed. */
  readonly why: string;
  /** The exit code of the program. */
  readonly exit: number;
  /** What to do about it. */
  readonly hint: string | undefined;

  /**
   * @param what The action that failed, with the value it failed on.
   * @param why The reason, without a final period.
   * @param options Exit code, hint and cause.
   */
  constructor(what: string, why: string, options: UserErrorOptions) {
    super(`${what}: ${why}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.what = what;
    this.why = why;
    this.exit = options.exit;
    this.hint = options.hint;
  }
}
