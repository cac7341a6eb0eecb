/**
 * The exit codes of every command, a contract with scripts.
 *
 * @module
 */

/** What a command's exit code says. */
export const ExitCode = {
  /** Fine. */
  ok: 0,
  /** The answer is no: nothing found, an allowlist with errors, it would not run. */
  no: 1,
  /** The command line can't be understood. */
  usage: 2,
  /** The configuration or the allowlist can't be used. */
  config: 3,
  /** The kernel or the host can't do what is asked. */
  host: 4,
  /** The daemon isn't reachable. */
  unreachable: 5,
  /** A fault of linprov itself. */
  internal: 70,
} as const;

/** One of the values of {@linkcode ExitCode}. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];
