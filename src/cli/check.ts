/**
 * `linprov check`: looks for mistakes in an allowlist.
 *
 * @module
 */

import { loadSettings } from "../config/load.ts";
import { DEFAULTS } from "../config/settings.ts";
import { readRulesFolder } from "../daemon/rules_folder.ts";
import { UserError } from "../errors.ts";
import { lstat } from "../host/install/files.ts";
import { PathHasher } from "../marks/path_hash.ts";
import { displayText, textToByteString } from "../policy/bytes.ts";
import { compile, CompileError } from "../policy/compile.ts";
import { lintRules } from "../policy/lint.ts";
import { parsePolicy, type PolicyPart } from "../policy/policy.ts";
import type { Finding, Rule } from "../policy/rule.ts";
import { assignZones } from "../policy/zones.ts";
import { flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { isUserWritable } from "./is_user_writable.ts";
import { painter } from "./paint.ts";

/** Prints what is wrong and what is odd; exits with 1 if something is wrong. */
export const handler: Handler = async (context) => {
  const { operands, out, env } = context;
  if (flagOn(context, "unused")) {
    const { printUnused } = await import("./check_unused.ts");
    return await printUnused(context);
  }
  context.dropNetwork();
  const config = flagValue(context, "config");
  const flags = new Map(config === undefined ? [] : [["config", config]]);
  const { settings } = await loadSettings(flags, env);
  const file = operands[0] ?? settings.allowlist;
  const zones = assignZones(settings.zones.map((zone) => zone.name));

  const now = Math.floor(Date.now() / 1000);
  const parts = operands[0] === undefined
    ? await readPolicy(file)
    : [{ text: await readRules(file) }];
  const parsed = parsePolicy(parts, { zones: zones.keys(), positions: true });
  const errors = [
    ...parsed.errors,
    ...limits(parsed.rules, zones, now),
  ];
  const warnings = [
    ...parsed.warnings,
    ...lintRules(parsed.rules, { now, isUserWritable }),
  ];

  const shown = file === "-" ? "standard input" : displayText(textToByteString(file));
  const { bad, warn } = painter(out);
  const lines = [
    ...errors.map((finding) => ({ ...finding, kind: bad("error") })),
    ...warnings.map((finding) => ({ ...finding, kind: warn("warning") })),
  ].sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column);
  for (const { file = shown, line, column, kind, message, hint } of lines) {
    out.print(`${file}:${line}:${column}: ${kind}: ${message}\n`);
    if (hint) out.print(`  ${hint}\n`);
  }
  const counts = [
    count(parsed.rules.length, "rule"),
    count(errors.length, "error"),
    count(warnings.length, "warning"),
  ];
  const files = parts.length > 1 ? ` and ${count(parts.length - 1, "file")} of rules.d` : "";
  out.print(`${shown}${files}: ${counts.join(", ")}\n`);
  const wrong = errors.length + (flagOn(context, "strict") ? warnings.length : 0);
  return wrong > 0 ? ExitCode.no : ExitCode.ok;
};

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** What the kernel's tables can't hold, found by filling them once. */
function limits(rules: Rule[], zones: ReadonlyMap<string, number>, now: number): Finding[] {
  try {
    // Only the numbers of rules and shapes matter here, so any key will do.
    compile(rules, { hasher: new PathHasher(new Uint8Array(16)), zones, now });
    return [];
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return [error.finding];
  }
}

/** The allowlist first, then the others by their names. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  return a === undefined || (b !== undefined && a < b) ? -1 : 1;
}

/** All that the daemon would read. */
async function readPolicy(allowlist: string): Promise<PolicyPart[]> {
  const others = await readRulesFolder(allowlist);
  const mayBeMissing = allowlist === DEFAULTS.allowlist && others.length > 0;
  const isMissing = mayBeMissing && !await lstat(allowlist);
  return [{ text: isMissing ? new Uint8Array() : await readRules(allowlist) }, ...others];
}

async function readRules(file: string): Promise<Uint8Array> {
  try {
    if (file === "-") return new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
    return await Deno.readFile(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why = error instanceof Deno.errors.NotFound
      ? "no such file"
      : error.message.replace(/ \(os error \d+\).*/, "");
    throw new UserError(`cannot read the allowlist ${file}`, why, {
      exit: ExitCode.config,
      cause: error,
    });
  }
}
