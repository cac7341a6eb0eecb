/**
 * `linprov status`: the state of the running daemon.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { MOST_FAILED } from "../daemon/boot_record.ts";
import { lossMeaning } from "../daemon/losses.ts";
import type { DaemonStatus } from "../daemon/status.ts";
import { toJson } from "../json.ts";
import { askStatus } from "./ask_status.ts";
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
    context.out.print(flagOn(context, "json") ? `${toJson(down)}\n` : downText(down));
    return ExitCode.unreachable;
  }
  using _closed = client;
  const json = await askStatus(client);
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
    ...failedRow(status.failed_boots, paint),
    ["running since", `${status.since} (pid ${status.pid}, linprov ${status.version})`],
    ["kernel", status.kernel],
    ["hooks attached", `${status.hooks.length}: ${hookNames(status.hooks)}`],
    ["outlives the daemon", status.pinned ? "yes" : paint.warn("no: no BPF filesystem")],
    ["rules in force", `${rules.loaded} of ${rules.total}, ${rules.used} have matched`],
    ["marks in the store", marks.stored],
    ["marks not in the store", marks.unpersisted],
    ["files marked", marks.made],
    ["became local again", marks.became_local],
    ["lost a package's trust", marks.distrusted > 0 ? warned(marks.distrusted) : 0],
    ["written for marked code", marks.unknown_writer],
    ["executions permitted", decisions.allowed],
    ["executions refused", decisions.blocked],
    ["would have been refused", decisions.would_block],
    ["refused, can be allowed", status.tokens],
    ["attempts on the mark", status.guarded],
    ["own protection", selfText(status.self)],
    ...status.guards.map((guard): [string, string] => [`guard ${guard.name}`, guardText(guard)]),
    ...status.detectors.map(({ name, detected, dropped }): [string, string] => [
      `detector ${name}`,
      `${detected} told${dropped > 0 ? `, ${warned(dropped)} more not told` : ""}`,
    ]),
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

function failedRow(failed: number, paint: Paint): [string, string][] {
  if (failed === 0) return [];
  const text = failed < MOST_FAILED
    ? `${failed} under enforcement`
    : `${failed} under enforcement, so it only observes until linprov confirm or the next boot`;
  return [["failed boots", paint.bad(text)]];
}

/** How a guard is set and what it did. */
function guardText({ permission, operations, ...did }: DaemonStatus["guards"][number]): string {
  const counts = `${did.blocked} refused, ${did.would_block} would have been`;
  const spared = did.spared > 0 ? `, ${did.spared} spared` : "";
  return `${permission} (${operations.join(" ")}): ${counts}${spared}`;
}

function selfText({ on, refused }: DaemonStatus["self"]): string {
  const counts = Object.entries(refused).filter(([, count]) => count > 0);
  const sum = counts.reduce((sum, [, count]) => sum + count, 0);
  const what = counts.map(([name, count]) => `${name} ${count}`).join(", ");
  return `${on ? "on" : "off"}: ${sum} refused${what === "" ? "" : ` (${what})`}`;
}

/** Of `lsm/file_open` and `tp_btf/sched_process_fork` the last part. */
function hookNames(sections: readonly string[]): string {
  return sections.map((section) => section.slice(section.indexOf("/") + 1)).join(" ");
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function hitLines({ hits, used }: DaemonStatus["rules"], paint: Paint): string[] {
  if (hits.length === 0) return [];
  const shown = hits.slice(0, SHOWN_RULES).map(({ file, line, rule, hits }) => ({
    hits: String(hits),
    line: line === null ? "once" : file === null ? String(line) : `${baseName(file)}:${line}`,
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
