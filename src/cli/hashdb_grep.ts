/**
 * `linprov hashdb grep`: searches the audit store.
 *
 * @module
 */

import { DEFAULTS } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import { Store } from "../marks/store.ts";
import { quoteValue } from "../policy/bytes.ts";
import { type CommandContext, flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Prints HASH, a tab and PATH for each entry that matches. */
export const handler: Handler = (context) => {
  using store = Store.open(flagValue(context, "hash-db") ?? DEFAULTS.hashDb, { readOnly: true });
  let found = false;
  for (const { hash, bytes } of store.grep(pattern(context))) {
    found = true;
    context.out.print(`${hash.toString(16).padStart(16, "0")}\t${quoteValue(bytes)}\n`);
  }
  return found ? ExitCode.ok : ExitCode.no;
};

function pattern(context: CommandContext): RegExp {
  const text = context.operands[0]!;
  const flags = flagOn(context, "ignore-case") ? "iu" : "u";
  if (!flagOn(context, "regexp")) {
    return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&").replaceAll("\\-", "-"), flags);
  }
  try {
    return new RegExp(text, flags);
  } catch (error) {
    throw new UserError(`cannot use the pattern ${text}`, (error as Error).message, {
      exit: ExitCode.usage,
      hint: "without --regexp it is searched as it stands",
    });
  }
}
