/**
 * `linprov completions`: completion scripts, made from the table of commands.
 *
 * @module
 */

import type { CommandSpec, Flag, Handler, Operand } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { ExitCode } from "./exit.ts";
import { flagsOf } from "./parse.ts";

/** Prints the script for a shell. */
export const handler: Handler = ({ operands, out }) => {
  const make = { bash, zsh, fish }[operands[0] as "bash" | "zsh" | "fish"];
  out.print(make(COMMANDS));
  return ExitCode.ok;
};

/** Whether a placeholder stands for something in the file system. */
function isFile(value: string | undefined): boolean {
  return value !== undefined && /FILE|PATH/.test(value);
}

/** A command's name as part of an identifier. */
function identifier(command: CommandSpec): string {
  return command.name.replaceAll(" ", "_");
}

/** In single quotes, as all three shells read them. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The first words of all commands, each once. */
function firstWords(commands: readonly CommandSpec[]): string[] {
  return [...new Set(commands.map((command) => command.name.split(" ")[0]!))];
}

/** The second words of the commands that have two, by the first. */
function families(commands: readonly CommandSpec[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first, second] = name.split(" ");
    if (second) result.set(first!, [...result.get(first!) ?? [], second]);
  }
  return result;
}

/** What completes the operands of a command, for help the commands themselves. */
function operandWords(command: CommandSpec, commands: readonly CommandSpec[]): string[] {
  if (command.name === "help") return firstWords(commands);
  return (command.operands ?? []).flatMap((operand) => operand.choices ?? []);
}

/**
 * The completion script for bash.
 *
 * @param commands The commands.
 * @returns The script.
 */
export function bash(commands: readonly CommandSpec[]): string {
  const branch = (command: CommandSpec) => {
    const flags = flagsOf(command);
    const valued = flags.filter((flag) => flag.kind === "value");
    const cases = valued.map((flag) => {
      const how = flag.choices
        ? `_linprov_words ${quote(flag.choices.join(" "))}`
        : isFile(flag.value)
        ? "_linprov_files"
        : ":";
      return `        --${flag.name}) ${how}; return ;;`;
    });
    const words = operandWords(command, commands);
    const files = (command.operands ?? []).some((operand) => isFile(operand.name));
    return [
      `    ${quote(command.name)})`,
      ...(cases.length > 0 ? ['      case "$prev" in', ...cases, "      esac"] : []),
      '      if [[ "$cur" == -* ]]; then',
      `        _linprov_words ${quote(flags.map((flag) => `--${flag.name}`).join(" "))}`,
      ...(words.length > 0
        ? ["      else", `        _linprov_words ${quote(words.join(" "))}`]
        : files
        ? ["      else", "        _linprov_files"]
        : []),
      "      fi ;;",
    ];
  };
  return [
    "# bash completion for linprov, made by: linprov completions bash",
    '_linprov_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }',
    "_linprov_files() {",
    "  compopt -o filenames 2> /dev/null",
    '  mapfile -t COMPREPLY < <(compgen -f -- "$cur")',
    "}",
    "_linprov() {",
    '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}"',
    '  local command="${COMP_WORDS[1]}"',
    "  COMPREPLY=()",
    "  # --flag=value comes as three words.",
    '  if [[ "$cur" == "=" ]]; then',
    "    cur=",
    '  elif [[ "$prev" == "=" ]]; then',
    '    prev="${COMP_WORDS[COMP_CWORD - 2]}"',
    "  fi",
    "  if ((COMP_CWORD == 1)); then",
    `    _linprov_words ${quote([...firstWords(commands), "--help", "--version"].join(" "))}`,
    "    return",
    "  fi",
    ...[...families(commands)].flatMap(([first, seconds]) => [
      `  if [[ "$command" == ${first} ]]; then`,
      "    if ((COMP_CWORD == 2)); then",
      `      _linprov_words ${quote(seconds.join(" "))}`,
      "      return",
      "    fi",
      '    command="$command ${COMP_WORDS[2]}"',
      "  fi",
    ]),
    '  case "$command" in',
    ...commands.flatMap(branch),
    "  esac",
    "}",
    "complete -F _linprov linprov",
    "",
  ].join("\n");
}

/**
 * The completion script for zsh.
 *
 * @param commands The commands.
 * @returns The script.
 */
export function zsh(commands: readonly CommandSpec[]): string {
  // Inside an _arguments specification, these characters have a meaning.
  const plain = (text: string) => text.replaceAll(/[\\\[\]:]/g, "\\$&");
  const action = (value: string | undefined, choices?: readonly string[]) =>
    choices ? `(${choices.join(" ")})` : isFile(value) ? "_files" : " ";
  const flagSpec = (flag: Flag) => {
    const after = { switch: "", value: "=", bool: "=-" }[flag.kind];
    const many = flag.repeatable ? "*" : "";
    const value = flag.kind === "switch"
      ? ""
      : flag.kind === "bool"
      ? "::BOOL:(true false)"
      : `:${plain(flag.value ?? "VALUE")}:${action(flag.value, flag.choices)}`;
    return quote(`${many}--${flag.name}${after}[${plain(flag.help)}]${value}`);
  };
  const operandSpec = (command: CommandSpec) => (operand: Operand, i: number) => {
    const place = operand.repeatable ? "*" : `${i + 1}`;
    const optional = operand.optional && !operand.repeatable ? ":" : "";
    const words = operandWords(command, commands);
    const choices = words.length > 0 ? words : undefined;
    return quote(`${place}:${optional}${plain(operand.name)}:${action(operand.name, choices)}`);
  };
  const body = (command: CommandSpec) => [
    `_linprov_${identifier(command)}() {`,
    "  _arguments -s \\",
    ...[
      ...flagsOf(command).map(flagSpec),
      ...(command.operands ?? []).map(operandSpec(command)),
    ].map((spec, i, all) => `    ${spec}${i + 1 < all.length ? " \\" : ""}`),
    "}",
  ];
  const describe = (entries: readonly { name: string; summary: string }[]) =>
    entries.map(({ name, summary }) => `    ${quote(`${name}:${plain(summary)}`)}`);
  const family = ([first, seconds]: [string, string[]]) => [
    `_linprov_${first}() {`,
    "  local -a members",
    "  members=(",
    ...describe(seconds.map((second) => ({
      name: second,
      summary: commands.find(({ name }) => name === `${first} ${second}`)!.summary,
    }))),
    "  )",
    "  if ((CURRENT == 2)); then",
    "    _describe command members",
    "    return",
    "  fi",
    "  shift words",
    "  ((CURRENT--))",
    `  (( $+functions[_linprov_${first}_$words[1]] )) && _linprov_${first}_$words[1]`,
    "}",
  ];
  const heads = firstWords(commands).map((name) => {
    const own = commands.find((command) => command.name === name);
    const members = commands.filter((command) => command.name.startsWith(`${name} `));
    return { name, summary: own?.summary ?? members.map(({ summary }) => summary).join("; ") };
  });
  return [
    "#compdef linprov",
    "# zsh completion for linprov, made by: linprov completions zsh",
    ...commands.flatMap(body),
    ...[...families(commands)].flatMap(family),
    "_linprov() {",
    "  local -a commands",
    "  commands=(",
    ...describe(heads),
    "  )",
    "  if ((CURRENT == 2)); then",
    "    _describe command commands",
    "    return",
    "  fi",
    "  shift words",
    "  ((CURRENT--))",
    "  (( $+functions[_linprov_$words[1]] )) && _linprov_$words[1]",
    "}",
    '_linprov "$@"',
    "",
  ].join("\n");
}

/**
 * The completion script for fish.
 *
 * @param commands The commands.
 * @returns The script.
 */
export function fish(commands: readonly CommandSpec[]): string {
  const seen = (command: CommandSpec) =>
    quote(
      command.name.split(" ").map((word) => `__fish_seen_subcommand_from ${word}`).join("; and "),
    );
  const flagLine = (command: CommandSpec, flag: Flag) => {
    const value = flag.kind !== "value"
      ? ""
      : flag.choices
      ? ` -x -a ${quote(flag.choices.join(" "))}`
      : isFile(flag.value)
      ? " -r -F"
      : " -x";
    const short = flag.short ? ` -s ${flag.short}` : "";
    return `complete -c linprov -n ${seen(command)} -l ${flag.name}${short}${value} -d ${
      quote(flag.help)
    }`;
  };
  const operandLine = (command: CommandSpec) => {
    const words = operandWords(command, commands);
    if (words.length > 0) {
      return [`complete -c linprov -n ${seen(command)} -a ${quote(words.join(" "))}`];
    }
    const files = (command.operands ?? []).some((operand) => isFile(operand.name));
    return files ? [`complete -c linprov -n ${seen(command)} -F`] : [];
  };
  const nameLine = (command: CommandSpec) => {
    const [first, second] = command.name.split(" ");
    const condition = second
      ? `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${second}`
      : "__fish_use_subcommand";
    return `complete -c linprov -n ${quote(condition)} -a ${second ?? first} -d ${
      quote(command.summary)
    }`;
  };
  return [
    "# fish completion for linprov, made by: linprov completions fish",
    "complete -c linprov -f",
    "complete -c linprov -n __fish_use_subcommand -l version -s V -d 'Print the version'",
    ...[...families(commands).keys()].map((first) =>
      `complete -c linprov -n __fish_use_subcommand -a ${first}`
    ),
    ...commands.flatMap((command) => [
      nameLine(command),
      ...flagsOf(command).map((flag) => flagLine(command, flag)),
      ...operandLine(command),
    ]),
    "",
  ].join("\n");
}
