/**
 * The rules that have matched nothing, as the control socket tells them: names
 * and types are documented in docs/events.md.
 *
 * @module
 */

import { decodeText } from "../policy/bytes.ts";
import type { LearnedRules } from "./learned.ts";
import type { UnusedPage } from "./protocol.ts";

/** A page of rules that have matched nothing, as the control socket has it. */
export interface UnusedRulesPage extends Pick<UnusedPage, "unused" | "next"> {
  allowlist: string;
  /** Rules in force. */
  in_force: number;
  /** When the daemon started, RFC 3339. */
  since: string;
  /** When its rules were loaded: for what was new in them, it counts from there. */
  loaded_at: string;
  /** `file` is null for those of the allowlist, and those of no file, which have no line. */
  rules: { file: string | null; line: number | null; rule: string; learned: boolean }[];
}

/**
 * Puts a page together.
 *
 * @param page What the kernel side says.
 * @param learned What soak has learned on this host.
 * @param facts The allowlist's path, and when the daemon started, in milliseconds since 1970.
 * @returns The page.
 */
export async function describeUnused(
  { rules, loadedAt, inForce, unused, next }: UnusedPage,
  learned: LearnedRules,
  { allowlist, started }: { allowlist: string; started: number },
): Promise<UnusedRulesPage> {
  const told = rules.map(async ({ line, file = null, rule }) => {
    const text = decodeText(rule);
    return { file, line, rule: text, learned: await learned.has(text) };
  });
  return {
    allowlist,
    since: new Date(started).toISOString(),
    loaded_at: new Date(loadedAt).toISOString(),
    in_force: inForce,
    unused,
    rules: await Promise.all(told),
    next,
  };
}
