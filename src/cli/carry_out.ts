/**
 * Shows what is going to be done, asks, and does it.
 *
 * @module
 */

import { effectiveUid } from "../../ffi/process.ts";
import { UserError } from "../errors.ts";
import type { Plan } from "../host/install/plan.ts";
import { type CommandContext, flagOn } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** How {@linkcode carryOut} asks; the default is the person at the terminal. */
export interface Person {
  isThere: () => boolean;
  agrees: (question: string) => boolean;
}

const TERMINAL: Person = {
  isThere: () => Deno.stdin.isTerminal(),
  agrees: (question) => confirm(question),
};

/**
 * Carries out a plan, unless `--dry-run` says otherwise.
 *
 * @param plan What to do.
 * @param context For `--dry-run` and `--yes`.
 * @param person Who is asked.
 * @returns The exit code.
 * @throws {UserError} When nobody can be asked, or a step fails.
 */
export async function carryOut(
  plan: Plan,
  context: CommandContext,
  person: Person = TERMINAL,
): Promise<number> {
  const { out } = context;
  const { steps, notes } = plan;
  const say = () => notes.forEach((note) => out.print(`note: ${note}\n`));
  if (steps.length === 0) {
    out.print("nothing to do\n");
    say();
    return ExitCode.ok;
  }
  const dryRun = flagOn(context, "dry-run");
  const asks = !dryRun && !flagOn(context, "yes");
  if (dryRun || asks) {
    out.print(`This ${dryRun ? "would" : "will"}\n`);
    for (const { text } of steps) out.print(`  ${text}\n`);
  }
  if (dryRun) {
    say();
    return ExitCode.ok;
  }
  if (asks) {
    if (!person.isThere()) {
      throw new UserError("cannot ask whether to go on", "standard input is not a terminal", {
        exit: ExitCode.usage,
        hint: "give --yes to do it without asking",
      });
    }
    if (!person.agrees("Go on?")) {
      out.print("nothing was changed\n");
      return ExitCode.no;
    }
  }
  for (const { text, run, speaks } of steps) {
    if (run && !speaks) out.print(`${text}\n`);
    await run?.();
  }
  say();
  return plan.exit;
}

/**
 * Refuses to go on as an ordinary user; `--dry-run` may.
 *
 * @param context The command.
 * @param what What can't be done without root.
 * @throws {UserError} If it isn't root.
 */
export function requireRoot(context: CommandContext, what: string): void {
  const uid = effectiveUid();
  if (uid === 0 || flagOn(context, "dry-run")) return;
  throw new UserError(what, `running as uid ${uid}`, {
    exit: ExitCode.host,
    hint: "run it with sudo; --dry-run shows what it would do",
  });
}
