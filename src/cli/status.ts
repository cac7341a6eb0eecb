/**
 * `linprov status`: the state of the running daemon.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { lossMeaning } from "../daemon/losses.ts";
import type { DaemonStatus } from "../daemon/status.ts";
import { UserError } from "../errors.ts";
import { flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { type Paint, painter } from "./paint.ts";

/** Rules whose hits are shown to people; JSON has more. */
const SHOWN_RULES = 10;

/** Asks the daemon and prints what it says. */
export const handler: Handler = async (context) => {
  const socket = flagValue(context, "socket");
  let client: ControlClient;
  try {
    client = await ControlClient.connect(socket, { onOpen: context.dropNetwork });
  } catch (error) {
    if (socket !== undefined) throw error;
    // Loaded here, because nobody else needs what reads pins.
    const { downText, readDown } = await import("./status_down.ts");
    const down = readDown();
    if (down === null) throw error;
    context.out.print(flagOn(context, "json") ? `${JSON.stringify(down)}\n` : downText(down));
    return ExitCode.unreachable;
  }
  using _closed = client;
  const answer = await client.request("status");
  if (!answer.startsWith("OK ")) {
    throw new UserError("cannot read the daemon's state", answer.replace(/^ERR /, ""), {
      exit: ExitCode.unreachable,
    });
  }
  const json = answer.slice("OK ".length);
  context.out.print(
    flagOn(context, "json") ? `${json}\n` : statusText(JSON.parse(json), painter(context.out)),
  );
  return ExitCode.ok;
};

/**
 * The state in words.
 *
 * @param status The state.
 * @param paint Colours.
 * @returns Lines, the last one ended.
 */
export function statusText(status: DaemonStatus, paint: Paint): string {
  const { mode, rules, marks, decisions, losses, open_decisions: open } = status;
  const trial = status.trial_ends_in === null ? "" : `, on trial for ${status.trial_ends_in} s`;
  const warned = (count: number) => count > 0 ? paint.bad(String(count)) : String(count);
  const rows: [string, string | number][] = [
    ["mode", paint[mode === "enforce" ? "good" : "warn"](mode) + trial],
    ["running since", `${status.since} (pid ${status.pid}, linprov ${status.version})`],
    ["kernel", status.kernel],
    ["hooks attached", `${status.hooks.length}: ${hookNames(status.hooks)}`],
    ["outlives the daemon", status.pinned ? "yes" : paint.warn("no: no BPF filesystem")],
    ["rules in force", `${rules.loaded} of ${rules.total}, ${rules.used} have matched`],
    ["marks in the store", marks.stored],
    ["marks not in the store", marks.unpersisted],
    ["files marked", marks.made],
    ["became local again", marks.became_local],
    ["executions permitted", decisions.allowed],
    ["executions refused", decisions.blocked],
    ["would have been refused", decisions.would_block],
    ["refused, can be allowed", status.tokens],
    ["attempts on the mark", status.guarded],
    ["clients", status.clients],
    ["open decisions", warned(open)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  if (open > decisions.spared) lines.push(paint.bad("  something may have run undecided"));
  lines.push(...hitLines(rules, paint));
  const lost = Object.entries(losses);
  lines.push("", lost.length === 0 ? "nothing was lost" : paint.bold("losses:"));
  const digits = Math.max(0, ...lost.map(([, count]) => String(count).length));
  for (const [name, count] of lost) {
    lines.push(`  ${paint.bad(String(count).padStart(digits))}  ${lossMeaning(name)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Of `lsm/file_open` and `tp_btf/sched_process_fork` the last part. */
function hookNames(sections: readonly string[]): string {
  return sections.map((section) => section.slice(section.indexOf("/") + 1)).join(" ");
}

function hitLines({ hits, used }: DaemonStatus["rules"], paint: Paint): string[] {
  if (hits.length === 0) return [];
  const shown = hits.slice(0, SHOWN_RULES).map(({ line, rule, hits }) => ({
    hits: String(hits),
    line: line === null ? "once" : String(line),
    rule,
  }));
  const width = (name: "hits" | "line") =>
    Math.max(name.length, ...shown.map((row) => row[name].length));
  const [hitWidth, lineWidth] = [width("hits"), width("line")];
  const row = (each: { hits: string; line: string; rule: string }) =>
    `${each.hits.padStart(hitWidth)}  ${each.line.padStart(lineWidth)}  ${each.rule}`;
  const rest = used - shown.length;
  return [
    "",
    paint.bold(row({ hits: "hits", line: "line", rule: "rule" })),
    ...shown.map(row),
    ...rest > 0 ? [`and ${rest} more`] : [],
  ];
}
