/**
 * From a command line to an exit code.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { VERSION } from "../version.ts";
import type { Command } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { type Output, OutputClosed } from "./output.ts";
import { parseLine } from "./parse.ts";
import { commandHelp, overview } from "./render_help.ts";

/** What the program has of the world around it. */
export interface World {
  /** The commands there are. */
  commands: readonly Command[];
  /** Where everything is printed. */
  out: Output;
  /** The environment. */
  env: (name: string) => string | undefined;
  /** Gives the permission for sockets back. */
  dropNetwork: () => void;
}

/**
 * Runs a command line.
 *
 * @param args The arguments, without the program's name.
 * @param world What surrounds the program.
 * @returns The exit code.
 * @throws Whatever the command throws; {@linkcode report} turns it into an exit code.
 */
export async function dispatch(args: readonly string[], world: World): Promise<number> {
  const { commands, out, env, dropNetwork } = world;
  const { command, invocation, help, version } = parseLine(args, commands);
  if (version) {
    out.print(`linprov ${VERSION}\n`);
    return ExitCode.ok;
  }
  if (!command || help) {
    out.print(command ? commandHelp(command, out) : overview(commands, out));
    return ExitCode.ok;
  }
  if (!command.sockets) dropNetwork();
  const { handler } = await command.load();
  return await handler({ ...invocation, out, env, dropNetwork });
}

/**
 * Tells a person what went wrong.
 *
 * @param error What was thrown.
 * @param args The command line, which may ask for more detail.
 * @param out Where it is printed.
 * @returns The exit code.
 */
export function report(error: unknown, args: readonly string[], out: Output): number {
  if (error instanceof OutputClosed) return ExitCode.ok;
  if (error instanceof UserError) {
    out.warn(`linprov: ${error.what}: ${error.why}\n`);
    if (error.hint !== undefined) out.warn(`${error.hint}\n`);
  } else {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    out.warn(`linprov: internal error: ${text.replaceAll(/\s*\n\s*/g, " ")}\n`);
    if (!wantsDetail(args)) out.warn("run it again with --log-level debug to see where\n");
  }
  if (wantsDetail(args)) out.warn(`${detail(error)}\n`);
  return error instanceof UserError ? error.exit : ExitCode.internal;
}

/** Looked up in the raw arguments, because reading them may be what failed. */
function wantsDetail(args: readonly string[]): boolean {
  return args.some((arg, i) =>
    /^--log-level=(debug|trace)$/.test(arg) ||
    (arg === "--log-level" && /^(debug|trace)$/.test(args[i + 1] ?? ""))
  );
}

function detail(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? String(error);
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${detail(error.cause)}`;
}
