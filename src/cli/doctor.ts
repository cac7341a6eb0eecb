/**
 * `linprov doctor`: whether this host can enforce, and what to do if not.
 *
 * @module
 */

import { type Probed, probeHost } from "../host/probe.ts";
import { flagOn, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

const SIGNS = { supported: "ok", unsupported: "NO", untested: "??" } as const;

/** Prints every probe and its fix; exit code 4 when enforcement can't work. */
export const handler: Handler = (context) => {
  const { out } = context;
  const answers = probeHost();
  const lacking = answers.filter(({ state }) => state !== "supported");
  if (flagOn(context, "json")) {
    out.print(`${JSON.stringify({ enforceable: lacking.length === 0, probes: answers })}\n`);
    return lacking.length > 0 ? ExitCode.host : ExitCode.ok;
  }
  const width = Math.max(...answers.map(({ name }) => name.length));
  for (const { name, state, detail, fix } of answers) {
    out.print(`${SIGNS[state]}  ${name.padEnd(width)}  ${detail}\n`);
    if (fix && state !== "supported") out.print(`    ${" ".repeat(width)}  fix: ${fix}\n`);
  }
  out.print(`\n${conclusion(lacking)}\n`);
  return lacking.length > 0 ? ExitCode.host : ExitCode.ok;
};

function conclusion(lacking: readonly Probed[]): string {
  if (lacking.length === 0) return "This host can enforce.";
  const names = lacking.map(({ name }) => name).join(", ");
  return `This host is not protected: ${names}`;
}
