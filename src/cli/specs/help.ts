/**
 * The commands about linprov itself: help, completions, man.
 *
 * @module
 */

import type { CommandSpec } from "../command.ts";

/** `linprov help`. */
export const HELP: CommandSpec = {
  name: "help",
  summary: "Explain a command",
  operands: [{ name: "COMMAND", optional: true, repeatable: true, help: "The command" }],
};

/** `linprov completions`. */
export const COMPLETIONS: CommandSpec = {
  name: "completions",
  summary: "Print a completion script for a shell",
  operands: [{ name: "SHELL", choices: ["bash", "zsh", "fish"], help: "The shell" }],
  examples: [
    {
      line: "linprov completions bash > /usr/share/bash-completion/completions/linprov",
      help: "For everybody's bash",
    },
    {
      line: "linprov completions zsh > /usr/share/zsh/vendor-completions/_linprov",
      help: "For everybody's zsh",
    },
    {
      line: "linprov completions fish > ~/.config/fish/completions/linprov.fish",
      help: "For one's own fish",
    },
  ],
};

/** `linprov man`. */
export const MAN: CommandSpec = {
  name: "man",
  summary: "Print the manual page",
  examples: [{ line: "linprov man | man -l -", help: "Read it" }],
};
