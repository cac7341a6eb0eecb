/**
 * `linprov hashdb resolve`: says what a hash stands for.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { entryLine, openAuditStore } from "./_audit_store.ts";
import type { Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Prints an entry for each hash; exits with 1 if one is not in the store. */
export const handler: Handler = async (context) => {
  const hashes = context.operands.map(readHash);
  using store = await openAuditStore(context);
  let all = true;
  for (const [i, hash] of hashes.entries()) {
    const text = store.resolve(hash);
    if (text) {
      context.out.print(entryLine(text));
    } else {
      context.out.warn(`linprov: cannot resolve ${context.operands[i]}: it is not in the store\n`);
      all = false;
    }
  }
  return all ? ExitCode.ok : ExitCode.no;
};

function readHash(text: string): bigint {
  // `linprov show` writes a hash that it knows no text for as #HASH.
  const digits = text.replace(/^(#|0x)/i, "");
  if (/^[0-9a-f]{1,16}$/i.test(digits)) return BigInt(`0x${digits}`);
  throw new UserError(
    "cannot understand the command line",
    `HASH is ${JSON.stringify(text)}, not up to 16 hex digits`,
    { exit: ExitCode.usage },
  );
}
