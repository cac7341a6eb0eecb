/**
 * What `setup` and `upgrade` share: the texts of an installation, and the
 * daemon's help with the program.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { UserError } from "../errors.ts";
import type { ExampleName } from "../host/install/examples.ts";
import type { Extras, Plan, Step } from "../host/install/plan.ts";
import { BINARY } from "../host/install/places.ts";
import { passThrough } from "../host/install/run.ts";
import { type CommandContext, flagOn } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { bash, fish, zsh } from "./completions.ts";
import { ExitCode } from "./exit.ts";
import { manualPage } from "./man.ts";

/** Milliseconds that the daemon may take to copy a program. */
const PATIENCE = 120_000;

/** Completions and manual page of this version. */
export function extras(): Extras {
  return {
    bash: bash(COMMANDS),
    zsh: zsh(COMMANDS),
    fish: fish(COMMANDS),
    man: manualPage(COMMANDS),
  };
}

/**
 * Has the daemon copy a program to where the next one waits.
 *
 * @param context For its permission for sockets, which is given back.
 * @param from The program, a full path.
 * @returns Whether a daemon runs.
 * @throws {UserError} When it refuses.
 */
export async function adoptByDaemon(context: CommandContext, from: string): Promise<boolean> {
  using client = await connectToDaemon(context);
  if (!client) return false;
  const answer = await client.request(`adopt ${from}`);
  if (answer.startsWith("OK ")) return true;
  throw new UserError(`cannot install ${from}`, `the daemon says: ${answer}`, {
    exit: ExitCode.host,
    hint: "if it is too old for this: systemctl stop linprov, and start it afterwards",
  });
}

/**
 * Connects to the daemon, if there is one.
 *
 * @param context For its permission for sockets, which is given back.
 * @returns The connection, undefined when no daemon runs.
 * @throws {UserError} When one runs but can't be reached.
 */
export async function connectToDaemon(
  { dropNetwork }: CommandContext,
): Promise<ControlClient | undefined> {
  try {
    return await ControlClient.connect(undefined, { timeout: PATIENCE }).finally(dropNetwork);
  } catch (error) {
    const { cause } = error as Error;
    const nobody = cause instanceof Deno.errors.NotFound ||
      cause instanceof Deno.errors.ConnectionRefused;
    if (error instanceof UserError && nobody) return undefined;
    throw error;
  }
}

/**
 * Has the installed program do everything but install itself: with its own
 * texts, not this version's, and in a process that has read nothing marked,
 * so that nothing it writes is.
 *
 * @param rest What it is going to do, as far as this version knows.
 * @param context For `--dry-run`: without it, the installed program says its own notes.
 * @param template The example that the allowlist begins with.
 * @returns The same steps, done by it.
 */
export function delegate(rest: Plan, context: CommandContext, template?: ExampleName): Plan {
  const [first, ...others] = rest.steps.map(({ text }): Step => ({ text }));
  if (!first) return rest;
  const run = async () => {
    const more = template === undefined ? [] : ["--template", template];
    const code = await passThrough(BINARY, ["setup", "--yes", ...more]);
    if (code === rest.exit) return;
    throw new UserError("cannot set up linprov", `${BINARY} setup ended with ${code}`, {
      exit: code || ExitCode.host,
    });
  };
  const notes = flagOn(context, "dry-run") ? rest.notes : [];
  return { steps: [{ ...first, run, speaks: true }, ...others], notes, exit: rest.exit };
}
