/**
 * Flags whose value is a duration.
 *
 * @module
 */

import { parseDuration } from "../config/duration.ts";
import { UserError } from "../errors.ts";
import { flagValue, type Invocation } from "./command.ts";
import { ExitCode } from "./exit.ts";

/**
 * Reads a duration from the command line.
 *
 * @param invocation The command line.
 * @param name The flag.
 * @returns Milliseconds, or undefined when the flag wasn't given.
 * @throws {UserError} When it is no duration.
 */
export function readDuration(invocation: Invocation, name: string): number | undefined {
  const text = flagValue(invocation, name);
  if (text === undefined) return undefined;
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError("cannot understand the command line", `--${name}: ${error.message}`, {
      exit: ExitCode.usage,
    });
  }
}
