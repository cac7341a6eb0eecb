/**
 * The help, made from the table of commands.
 *
 * @module
 */

import type { CommandSpec, Flag, Operand } from "./command.ts";
import type { Output } from "./output.ts";
import { painter } from "./paint.ts";
import { flagsOf } from "./parse.ts";
import { type Row, table, wrap } from "./text.ts";

/** The width and colours that a help is written for. */
export type Look = Pick<Output, "columns" | "colors">;

/**
 * The help of the program: what it is and which commands it has.
 *
 * @param commands The commands.
 * @param look Width and colours.
 * @returns Lines, the last one ended.
 */
export function overview(commands: readonly CommandSpec[], look: Look): string {
  const { bold } = painter(look);
  const rows = commands.map(({ name, summary }) => ({ term: name, text: summary }));
  return [
    ...wrap(
      "linprov remembers which files came from the network, and decides whether they may run.",
      look.columns,
    ),
    "",
    `${bold("Usage:")} linprov COMMAND [FLAGS]`,
    "",
    bold("Commands:"),
    ...table(rows, { columns: look.columns, indent: 2, widest: 20, mark: bold }),
    "",
    bold("Flags:"),
    ...table([
      { term: "-h, --help", text: "Print this help; after a command, the help of that command" },
      { term: "-V, --version", text: "Print the version" },
    ], { columns: look.columns, indent: 2, widest: 20, mark: bold }),
    "",
  ].join("\n");
}

/**
 * The help of a command.
 *
 * @param command The command.
 * @param look Width and colours.
 * @returns Lines, the last one ended.
 */
export function commandHelp(command: CommandSpec, look: Look): string {
  const { bold } = painter(look);
  const columns = (rows: readonly Row[], widest: number) =>
    table(rows, { columns: look.columns, indent: 2, widest, mark: bold });
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", bold(title), ...lines];
  return [
    ...wrap(`${command.summary}.`, look.columns),
    "",
    ...usage(command, look, bold),
    ...(command.description ?? []).flatMap((text) => ["", ...wrap(text, look.columns)]),
    ...section("Arguments:", columns((command.operands ?? []).map(operandRow), 16)),
    ...section("Flags:", columns(flagsOf(command).map(flagRow), 28)),
    ...section(
      "Examples:",
      (command.examples ?? []).flatMap(({ line, help }) => [
        ...wrap(`${help}:`, look.columns - 2).map((text) => `  ${text}`),
        `    ${bold(line)}`,
      ]),
    ),
    ...section("Exit codes:", columns(exitRows(command), 16)),
    "",
  ].join("\n");
}

function usage(command: CommandSpec, look: Look, bold: (text: string) => string): string[] {
  const start = `Usage: linprov ${command.name} `;
  const [first = "", ...rest] = wrap(synopsis(command), look.columns - start.length);
  return [
    `${bold("Usage:")} linprov ${command.name} ${first}`.trimEnd(),
    ...rest.map((line) => " ".repeat(start.length) + line),
  ];
}

/**
 * The flags and operands of a command in one line, as in a manual page.
 *
 * @param command The command.
 * @returns For example `[--once] [--socket PATH] TOKEN`.
 */
export function synopsis(command: CommandSpec): string {
  const flags = command.flags ?? [];
  // A line of twenty flags explains nothing; they are listed below anyway.
  const shown = flags.length > 6 ? ["[FLAGS]"] : flags.map((flag) => `[${flagTerm(flag, false)}]`);
  return [...shown, ...(command.operands ?? []).map(operandTerm)].join(" ");
}

/**
 * An operand as a usage line shows it.
 *
 * @param operand The operand.
 * @returns For example `[FILE]` or `PATH…`.
 */
export function operandTerm(operand: Operand): string {
  const name = operand.name + (operand.repeatable ? "…" : "");
  return operand.optional ? `[${name}]` : name;
}

/**
 * A flag with its value.
 *
 * @param flag The flag.
 * @param short Whether to show its letter.
 * @returns For example `--config FILE` or `-h, --help`.
 */
export function flagTerm(flag: Flag, short: boolean): string {
  const letter = short && flag.short ? `-${flag.short}, ` : "";
  const value = { switch: "", value: ` ${flag.value ?? "VALUE"}`, bool: "[=BOOL]" }[flag.kind];
  return `${letter}--${flag.name}${value}`;
}

/**
 * What a flag does, with its choices, its variable and its default.
 *
 * @param flag The flag.
 * @returns One sentence and a remark in parentheses.
 */
export function flagText(flag: Flag): string {
  const remarks = [
    flag.choices ? flag.choices.join("|") : "",
    flag.repeatable ? "repeatable" : "",
    flag.env ? `env ${flag.env}` : "",
    flag.default ? `default ${flag.default}` : "",
  ].filter(Boolean).join("; ");
  return remarks ? `${flag.help} (${remarks})` : flag.help;
}

function operandRow(operand: Operand): Row {
  const choices = operand.choices ? ` (${operand.choices.join("|")})` : "";
  return { term: operand.name, text: operand.help + choices };
}

function flagRow(flag: Flag): Row {
  return { term: flagTerm(flag, true), text: flagText(flag) };
}

function exitRows(command: CommandSpec): Row[] {
  const own = (command.exits ?? []).map(({ code, help }) => ({ term: `${code}`, text: help }));
  return own.length === 0 ? [] : [{ term: "0", text: "Fine" }, ...own];
}
