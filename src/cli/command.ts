/**
 * What a command is made of. The table in commands.ts is written in these
 * types; the parser, the help, the completions and the manual page read them.
 *
 * @module
 */

import type { Output } from "./output.ts";

/** A placeholder: what it is, for help; FILE and PATH are completed as file names. */
export type ValueKind = string;

/** A flag of a command, without the leading dashes. */
export interface Flag {
  /** Its long name, for example `log-level`. */
  name: string;
  /** One letter, for `-h`. */
  short?: string;
  /**
   * What follows it: nothing (`switch`), a value (`value`), or a truth value
   * that may be left out (`bool`: `--mark-localhost`, `--mark-localhost=no`).
   */
  kind: "switch" | "value" | "bool";
  /** The placeholder of its value in the help. */
  value?: ValueKind;
  /** All values it accepts, when they can be counted. */
  choices?: readonly string[];
  /** It may be given more than once. */
  repeatable?: boolean;
  /** The environment variable that stands in for it. */
  env?: string;
  /** What holds without it, as the help says it. */
  default?: string;
  /** One sentence without a final period. */
  help: string;
}

/** What stands beside the flags on a command line. */
export interface Operand {
  /** The placeholder: `PATH`, `TOKEN`. */
  name: ValueKind;
  /** It may be left out. */
  optional?: boolean;
  /** It may be given more than once; only the last operand can. */
  repeatable?: boolean;
  /** All values it accepts, when they can be counted. */
  choices?: readonly string[];
  /** One sentence without a final period. */
  help: string;
}

/** A line for the help's examples. */
export interface Example {
  /** What to type, with `linprov`. */
  line: string;
  /** What it does. */
  help: string;
}

/** A command line that was understood. */
export interface Invocation {
  /** Flags with a value, by name, in the order given. */
  values: ReadonlyMap<string, readonly string[]>;
  /** Switches and truth values, by name. */
  switches: ReadonlyMap<string, boolean>;
  /** The operands. */
  operands: readonly string[];
}

/** What a handler gets besides its command line. */
export interface CommandContext extends Invocation {
  /** Where it prints to. */
  out: Output;
  /** The environment, read through the permissions of the process. */
  env: (name: string) => string | undefined;
  /**
   * Gives the permission for sockets back. A command with `sockets` calls it
   * as soon as its socket is open; for all others it was done before.
   */
  dropNetwork: () => void;
}

/** Does what the command is there for. Resolves to the exit code. */
export type Handler = (context: CommandContext) => Promise<number> | number;

/** A command of `linprov`, without its code. */
export interface CommandSpec {
  /** Its name; two words for the members of a family (`hashdb grep`). */
  name: string;
  /** One line for the overview, without a final period. */
  summary: string;
  /** Paragraphs for its own help. */
  description?: readonly string[];
  /** Its operands in order. */
  operands?: readonly Operand[];
  /** Its flags; `--help` and `--log-level` come by themselves. */
  flags?: readonly Flag[];
  /** Examples for its help. */
  examples?: readonly Example[];
  /** Exit codes that mean something special here. */
  exits?: readonly { code: number; help: string }[];
  /** It opens a control socket. */
  sockets?: boolean;
}

/** A command that can be run. */
export interface Command extends CommandSpec {
  /** Loads its code, so that nothing is loaded for a mere `--help`. */
  load: () => Promise<{ handler: Handler }>;
}

/** The value of a flag that can be given once. */
export function flagValue(invocation: Invocation, name: string): string | undefined {
  return invocation.values.get(name)?.at(-1);
}

/** Whether a switch is on. */
export function flagOn(invocation: Invocation, name: string): boolean {
  return invocation.switches.get(name) ?? false;
}
