/**
 * `linprov hashdb resolve`: what hashes stand for.
 *
 * @module
 */

import { DEFAULTS } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import { Store } from "../marks/store.ts";
import { quoteValue } from "../policy/bytes.ts";
import { flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Prints HASH, a tab and PATH for each hash that is known; exit code 1 when one isn't. */
export const handler: Handler = (context) => {
  const hashes = context.operands.map(parseHash);
  using store = Store.open(flagValue(context, "hash-db") ?? DEFAULTS.hashDb, { readOnly: true });
  let missing = false;
  for (const hash of hashes) {
    const text = store.resolve(hash);
    const shown = hash.toString(16).padStart(16, "0");
    if (text) context.out.print(`${shown}\t${quoteValue(text.bytes)}\n`);
    else context.out.warn(`linprov: ${shown} is not in the store\n`);
    missing ||= text === undefined;
  }
  return missing ? ExitCode.no : ExitCode.ok;
};

function parseHash(text: string): bigint {
  const digits = text.replace(/^#/, "");
  if (/^[0-9a-f]{1,16}$/i.test(digits)) return BigInt(`0x${digits}`);
  throw new UserError("cannot understand the command line", `HASH is ${text}, not hex digits`, {
    exit: ExitCode.usage,
    hint: "hashes are 16 hex digits, as in marks and JSON logs",
  });
}
