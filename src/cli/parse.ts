/**
 * Reads a command line strictly: what is not understood is an error that says
 * what is wrong and what was probably meant.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { TRUTHS } from "../config/truths.ts";
import { UserError } from "../errors.ts";
import { didYouMean } from "../policy/suggest.ts";
import type { Command, CommandSpec, Flag, Invocation, Operand } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Flags that every command has. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "help", short: "h", kind: "switch", help: "Print this help" },
];

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

/** The flag of the daemon that every command understands, for its errors. */
export const LOG_LEVEL_FLAG: Flag = {
  name: "log-level",
  kind: "value",
  value: "LEVEL",
  choices: LOG_LEVELS,
  help: "With debug, an error shows where it comes from",
};

/** A command line and what it names. */
export interface ParsedLine {
  /** The command; undefined when only `--help` or `--version` or nothing was said. */
  command: Command | undefined;
  /** Its flags and operands; unchecked when `help` is true. */
  invocation: Invocation;
  /** Help was asked for. */
  help: boolean;
  /** The version was asked for. */
  version: boolean;
}

/**
 * All flags of a command, with those that every command has.
 *
 * @param command A command.
 * @returns Its own flags first.
 */
export function flagsOf(command: CommandSpec): readonly Flag[] {
  const own = command.flags ?? [];
  const level = own.some((flag) => flag.name === LOG_LEVEL_FLAG.name) ? [] : [LOG_LEVEL_FLAG];
  return [...own, ...level, ...COMMON_FLAGS];
}

/**
 * Reads a command line.
 *
 * @param args The arguments, without the program's name.
 * @param commands The commands there are.
 * @returns What was asked for.
 * @throws {UserError} If it can't be understood (exit code 2).
 */
export function parseLine(args: readonly string[], commands: readonly Command[]): ParsedLine {
  const nothing: Invocation = { values: new Map(), switches: new Map(), operands: [] };
  const first = args[0];
  if (first === undefined) {
    return { command: undefined, invocation: nothing, help: true, version: false };
  }
  if (first.startsWith("-")) return parseGlobal(args, nothing);

  const second = args[1];
  const isFamily = commands.some((each) => each.name.startsWith(`${first} `));
  if (isFamily && (second === "--help" || second === "-h")) {
    return parseLine(["help", first], commands);
  }
  const { command, used } = findCommand(args, commands);
  const rest = args.slice(used);
  // Help is given even where the rest is wrong: it is what the person needs.
  if (asksForHelp(rest, command)) {
    return { command, invocation: nothing, help: true, version: false };
  }
  return { command, invocation: parseInvocation(rest, command), help: false, version: false };
}

function parseGlobal(args: readonly string[], nothing: Invocation): ParsedLine {
  const first = args[0]!;
  const result = { command: undefined, invocation: nothing };
  if (first === "-h" || first === "--help") return { ...result, help: true, version: false };
  if (first === "-V" || first === "--version") {
    if (args.length > 1) throw usage(undefined, `--version takes no ${JSON.stringify(args[1])}`);
    return { ...result, help: false, version: true };
  }
  throw usage(
    undefined,
    `unknown flag ${flagPart(first)}`,
    didYouMean(flagPart(first), ["--help", "--version"]) ??
      "flags of a command come after its name: linprov COMMAND --flag",
  );
}

/** Finds the command that the first one or two arguments name. */
function findCommand(args: readonly string[], commands: readonly Command[]) {
  const first = args[0]!;
  const pair = `${first} ${args[1]}`;
  const command = commands.find((each) => each.name === pair) ??
    commands.find((each) => each.name === first);
  if (command) return { command, used: command.name.split(" ").length };

  const family = commands.filter((each) => each.name.startsWith(`${first} `));
  if (family.length > 0) {
    const members = family.map((each) => each.name.split(" ")[1]!);
    const given = args[1];
    throw usage(
      undefined,
      given === undefined || given.startsWith("-")
        ? `${first} needs one of ${members.join(", ")}`
        : `unknown command ${JSON.stringify(pair)}`,
      (given && didYouMean(given, members)) || `try: linprov help ${first}`,
    );
  }
  throw usage(
    undefined,
    `unknown command ${JSON.stringify(first)}`,
    didYouMean(first, new Set(commands.map((each) => each.name.split(" ")[0]!))),
  );
}

function asksForHelp(args: readonly string[], command: CommandSpec): boolean {
  const flags = flagsOf(command);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") return false;
    if (arg === "--help" || arg === "-h") return true;
    // The value of a flag is not a flag, whatever it looks like.
    if (takesNext(flags.find((flag) => `--${flag.name}` === arg))) i++;
  }
  return false;
}

function takesNext(flag: Flag | undefined): boolean {
  return flag?.kind === "value";
}

/**
 * Reads the flags and operands of a command.
 *
 * @param args What follows the command's name.
 * @param command The command.
 * @returns Its flags and operands.
 * @throws {UserError} If they don't fit the command (exit code 2).
 */
export function parseInvocation(args: readonly string[], command: CommandSpec): Invocation {
  const flags = flagsOf(command);
  const plain = normalize(args, command, flags);
  const names = flags.map((flag) => flag.name);
  const parsed = parseArgs(plain, { string: ["_", ...names], collect: names });

  const values = new Map<string, readonly string[]>();
  const switches = new Map<string, boolean>();
  for (const flag of flags) {
    const given = parsed[flag.name] as string[];
    if (given.length === 0) continue;
    if (given.length > 1 && !flag.repeatable) {
      throw usage(command, `--${flag.name} is given ${given.length} times`);
    }
    if (flag.kind === "value") {
      given.forEach((value) => checkChoice(command, `--${flag.name}`, value, flag.choices));
      values.set(flag.name, given);
    } else {
      switches.set(flag.name, truth(command, flag, given[0]!));
    }
  }
  const operands = parsed._ as string[];
  checkOperands(command, operands);
  return { values, switches, operands };
}

/**
 * Sorts a command line into `--name=value` and, after `--`, operands: the form
 * in which parseArgs neither guesses whether the next argument belongs to a
 * flag nor takes a missing value for an empty one.
 */
function normalize(
  args: readonly string[],
  command: CommandSpec,
  flags: readonly Flag[],
): string[] {
  const plain: string[] = [];
  const operands: string[] = [];
  const add = (flag: Flag, value: string) => plain.push(`--${flag.name}=${value}`);
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith("-") || arg === "-") {
      operands.push(arg);
      continue;
    }
    const flag = findFlag(arg, command, flags);
    const equals = arg.indexOf("=");
    if (equals > 0) {
      if (flag.kind === "switch") throw usage(command, `--${flag.name} takes no value`);
      add(flag, arg.slice(equals + 1));
    } else if (flag.kind !== "value") {
      add(flag, "true");
    } else {
      const value = args[++i];
      if (value === undefined || isFlag(value, flags)) {
        throw usage(
          command,
          `--${flag.name} needs a value`,
          value && `a value that looks like a flag is written --${flag.name}=${value}`,
        );
      }
      add(flag, value);
    }
  }
  return [...plain, "--", ...operands];
}

function isFlag(arg: string, flags: readonly Flag[]): boolean {
  return arg.startsWith("--") || flags.some((flag) => matches(arg, flag));
}

function matches(arg: string, flag: Flag): boolean {
  const name = flagPart(arg);
  return name === `--${flag.name}` || (flag.short !== undefined && name === `-${flag.short}`);
}

function flagPart(arg: string): string {
  return arg.split("=", 1)[0]!;
}

function findFlag(arg: string, command: CommandSpec, flags: readonly Flag[]): Flag {
  const flag = flags.find((each) => matches(arg, each));
  if (flag) return flag;
  const name = flagPart(arg);
  throw usage(
    command,
    `unknown flag ${name}`,
    didYouMean(name, flags.map((each) => `--${each.name}`)),
  );
}

function truth(command: CommandSpec, flag: Flag, value: string): boolean {
  const known = TRUTHS.get(value.toLowerCase());
  if (known === undefined) {
    throw usage(command, `--${flag.name} is ${JSON.stringify(value)}, not true or false`);
  }
  return known;
}

function checkChoice(
  command: CommandSpec,
  what: string,
  value: string,
  choices: readonly string[] | undefined,
): void {
  if (!choices || choices.includes(value)) return;
  throw usage(
    command,
    `${what} is ${JSON.stringify(value)}, not one of ${choices.join(", ")}`,
    didYouMean(value, choices),
  );
}

function checkOperands(command: CommandSpec, given: readonly string[]): void {
  const operands: readonly Operand[] = command.operands ?? [];
  const missing = operands.find((operand, i) => !operand.optional && given[i] === undefined);
  if (missing) throw usage(command, `${missing.name} is missing`);
  const last = operands.at(-1);
  if (given.length > operands.length && !last?.repeatable) {
    const extra = given[operands.length]!;
    throw usage(command, `unexpected argument ${JSON.stringify(extra)}`);
  }
  given.forEach((value, i) => {
    const operand = operands[i] ?? last!;
    checkChoice(command, operand.name, value, operand.choices);
  });
}

function usage(command: CommandSpec | undefined, why: string, hint?: string): UserError {
  const name = command ? ` ${command.name}` : "";
  return new UserError("cannot understand the command line", why, {
    exit: ExitCode.usage,
    hint: hint || `try: linprov${name} --help`,
  });
}
