/**
 * `linprov hashdb grep`: searches the audit store.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { entryLine, openAuditStore } from "./_audit_store.ts";
import { flagOn, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Prints what matches; exits with 1 if nothing does. */
export const handler: Handler = async (context) => {
  const pattern = readPattern(
    context.operands[0]!,
    flagOn(context, "fixed-strings"),
    flagOn(context, "ignore-case"),
  );
  using store = await openAuditStore(context);
  let found = false;
  for (const text of store.grep(pattern)) {
    context.out.print(entryLine(text));
    found = true;
  }
  return found ? ExitCode.ok : ExitCode.no;
};

function readPattern(text: string, fixed: boolean, ignoreCase: boolean): RegExp {
  try {
    return new RegExp(fixed ? RegExp.escape(text) : text, ignoreCase ? "iu" : "u");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UserError(`cannot search for ${JSON.stringify(text)}`, error.message, {
      exit: ExitCode.usage,
      hint: "with -F it is searched for as it stands",
    });
  }
}
