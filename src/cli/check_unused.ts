/**
 * `linprov check --unused`: the rules that have matched nothing.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import type { UnusedRulesPage } from "../daemon/unused_page.ts";
import { UserError } from "../errors.ts";
import { displayText, textToByteString } from "../policy/bytes.ts";
import { type CommandContext, flagOn, flagValue } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { type Paint, painter } from "./paint.ts";

/** Milliseconds that the daemon may take to look through a million rules. */
const PATIENCE = 60_000;

/**
 * Asks the daemon and prints the rules, a line each, then what that means.
 *
 * @param context The command.
 * @returns The exit code: with `--strict` 1 if there are any.
 * @throws {UserError} When the daemon can't be asked.
 */
export async function printUnused(context: CommandContext): Promise<number> {
  const { operands, out } = context;
  if (operands.length > 0) {
    throw new UserError("cannot understand the command line", "--unused takes no FILE", {
      exit: ExitCode.usage,
      hint: "it is about the rules that the daemon has in force: linprov check --unused",
    });
  }
  const paint = painter(out);
  using client = await ControlClient.connect(flagValue(context, "socket"), {
    timeout: PATIENCE,
    onOpen: context.dropNetwork,
  });
  let page = await ask(client, "unused");
  let learned = 0;
  for (;;) {
    const { allowlist, rules } = page;
    learned += rules.filter((rule) => rule.learned).length;
    // At once: there may be many pages.
    out.print(rules.map((rule) => `${unusedLine(rule, allowlist, paint)}\n`).join(""));
    if (page.next === null) break;
    page = await ask(client, `unused ${page.next.policy} ${page.next.after}`);
  }
  out.print(`${unusedSummary(page, learned)}\n`);
  return page.unused > 0 && flagOn(context, "strict") ? ExitCode.no : ExitCode.ok;
}

async function ask(client: ControlClient, request: string): Promise<UnusedRulesPage> {
  const answer = await client.request(request);
  if (answer.startsWith("OK ")) return JSON.parse(answer.slice("OK ".length));
  throw new UserError("cannot list the unused rules", answer.replace(/^ERR /, ""), {
    exit: ExitCode.unreachable,
  });
}

/**
 * The line for a rule.
 *
 * @param rule The rule, as the daemon tells it.
 * @param allowlist The file of rules without one.
 * @param paint Colours.
 * @returns `FILE:LINE: unused: RULE`.
 */
export function unusedLine(
  { file, line, rule, learned }: UnusedRulesPage["rules"][number],
  allowlist: string,
  paint: Paint,
): string {
  const place = line === null ? "permitted once" : `${file ?? allowlist}:${line}`;
  const kind = learned ? "unused, learned by soak" : "unused";
  return `${place}: ${paint.warn(kind)}: ${displayText(textToByteString(rule))}`;
}

/**
 * What the lines mean: of how many, and since when.
 *
 * @param page The last page.
 * @param learned How many of them soak learned.
 * @returns One or two lines.
 */
export function unusedSummary(
  { unused, in_force, since, loaded_at }: Omit<UnusedRulesPage, "rules" | "next" | "allowlist">,
  learned: number,
): string {
  const soak = learned > 0 ? `, ${learned} of them learned by soak` : "";
  const counted = `since the daemon started at ${since}`;
  const lines = [`${unused} of ${in_force} rules in force have matched nothing ${counted}${soak}`];
  // Loading takes its time at the start, too.
  if (Date.parse(loaded_at) - Date.parse(since) > START_MS) {
    lines.push(
      `the rules were last read at ${loaded_at}: those that were new then count from there`,
    );
  }
  return lines.join("\n");
}

/** What is loaded within so many milliseconds was there from the start. */
const START_MS = 60_000;
