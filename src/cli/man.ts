/**
 * `linprov man`: the manual page, made from the table of commands.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import type { CommandSpec, Handler } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { ExitCode } from "./exit.ts";
import { flagsOf } from "./parse.ts";
import { flagTerm, flagText, synopsis } from "./render_help.ts";
import { wrap } from "./text.ts";

/** Prints the manual page. */
export const handler: Handler = ({ out }) => {
  out.print(manualPage(COMMANDS));
  return ExitCode.ok;
};

/** What the exit codes mean in every command. */
const EXIT_CODES: readonly (readonly [number, string])[] = [
  [ExitCode.ok, "Fine"],
  [ExitCode.no, "The answer is no"],
  [ExitCode.usage, "The command line can't be understood"],
  [ExitCode.config, "The configuration or the allowlist has an error"],
  [ExitCode.host, "The kernel or the host can't"],
  [ExitCode.unreachable, "The daemon isn't reachable"],
  [ExitCode.internal, "A fault of linprov itself"],
];

const FILES: readonly (readonly [string, string])[] = [
  ["/etc/linprov/config.toml", "The configuration"],
  ["/etc/linprov/allowlist", "The rules"],
  ["/var/lib/linprov/", "The host's key and the audit store"],
  ["/run/linprov/control.sock", "The daemon's control socket"],
];

/**
 * The manual page of the program, in the man macros of roff.
 *
 * @param commands The commands.
 * @returns The page's source.
 */
export function manualPage(commands: readonly CommandSpec[]): string {
  const environment = new Map<string, string>(
    commands.flatMap((command) => flagsOf(command)).flatMap((flag) =>
      flag.env ? [[flag.env, `Stands in for --${flag.name}`] as const] : []
    ),
  );
  environment.set("NO_COLOR", "When it is not empty, nothing is printed in colour");
  return [
    `.TH LINPROV 8 "" "linprov ${VERSION}" "System Administration"`,
    // Names of variables and files are not to be broken.
    ".nh",
    ".ad l",
    ".SH NAME",
    roff("linprov - a mark of the web for Linux"),
    ".SH SYNOPSIS",
    ".B linprov",
    roff("COMMAND [FLAGS]"),
    ".SH DESCRIPTION",
    roff(
      "linprov remembers which files came from the network, and decides whether they may run.",
    ),
    ".SH COMMANDS",
    ...commands.flatMap(section),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, help]) => term(`${code}`, help)),
    ".SH ENVIRONMENT",
    ...[...environment].flatMap(([name, help]) => term(name, help)),
    ".SH FILES",
    ...FILES.flatMap(([name, help]) => term(name, help)),
    "",
  ].join("\n");
}

function section(command: CommandSpec): string[] {
  const line = `linprov ${command.name} ${synopsis(command)}`.trimEnd();
  return [
    `.SS ${roff(line).replaceAll("\n", " ")}`,
    roff(`${command.summary}.`),
    ...(command.description ?? []).flatMap((text) => [".PP", roff(text)]),
    ...(command.operands ?? []).flatMap((operand) => term(operand.name, operand.help)),
    ...(command.flags ?? []).flatMap((flag) => term(flagTerm(flag, true), flagText(flag))),
    ...(command.examples ?? []).flatMap((example) => [
      ".PP",
      roff(`${example.help}:`),
      ".PP",
      ".RS 4",
      ".EX",
      roff(example.line).replaceAll("\n", " "),
      ".EE",
      ".RE",
    ]),
  ];
}

function term(name: string, help: string): string[] {
  return [".TP", `.B ${roff(name)}`, roff(help)];
}

/** Text that roff prints as it stands: dashes stay dashes, and no line is a request. */
function roff(text: string): string {
  const escape = (line: string) => {
    const escaped = line.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("…", "...");
    return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
  };
  return wrap(text, 72).map(escape).join("\n");
}
