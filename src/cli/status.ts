/**
 * `linprov status`: the state of the running daemon.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import type { EngineStatus } from "../daemon/protocol.ts";
import { UserError } from "../errors.ts";
import { flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** Counters that mean something was lost or let through, with what it means. */
const LOSSES: Readonly<Record<string, string>> = {
  spared: "executions that no rule permits, spared because of who ran them",
  events_lost: "log lines lost to a full ring buffer",
  known_full: "marks that no longer survive the eviction of their inode",
  storage_failed: "marks without a copy at their inode",
  process_failed: "processes whose state found no memory",
  scratch_failed: "paths that could not be worked out",
  origins_full: "origins that found no room",
  pending_full: "pushed taints that found no room",
  readers_full: "pipes with more readers than can be told of a taint",
  folders_full: "folders that recursive rules don't know",
  mark_lost: "marks that could not be kept at all",
};

/** Asks the daemon and prints what it says. */
export const handler: Handler = async (context) => {
  using client = await ControlClient.connect(flagValue(context, "socket"), {
    onOpen: context.dropNetwork,
  });
  const answer = await client.request("status");
  if (!answer.startsWith("OK ")) {
    throw new UserError("cannot read the daemon's state", answer, { exit: ExitCode.unreachable });
  }
  const json = answer.slice("OK ".length);
  if (flagOn(context, "json")) {
    context.out.print(`${json}\n`);
    return ExitCode.ok;
  }
  const status = JSON.parse(json) as EngineStatus & { logLost: number };
  context.out.print(statusText(status));
  return ExitCode.ok;
};

function statusText(status: EngineStatus & { logLost: number }): string {
  const { counters } = status;
  const rows: [string, string | number][] = [
    ["mode", status.mode],
    ["rules in force", `${status.rules.loaded} of ${status.rules.total}`],
    ["programs attached", status.attached],
    ["marks in the store", status.stored],
    ["waiting for the store", status.unpersisted],
    ["files marked", counters.marks ?? 0],
    ["became local again", counters.local ?? 0],
    ["executions permitted", counters.allowed ?? 0],
    ["executions refused", counters.blocked ?? 0],
    ["would have been refused", counters.would_block ?? 0],
    ["attempts on linprov's xattr", counters.guarded ?? 0],
  ];
  const losses: [string, number][] = Object.entries(LOSSES)
    .map(([name, text]): [string, number] => [text, counters[name] ?? 0]);
  losses.push(["programs skipped by the kernel", status.recursionMisses]);
  losses.push(["log lines lost", status.logLost]);
  losses.push(...Object.entries(status.losses));
  const seen = losses.filter(([, count]) => count > 0);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  lines.push("", seen.length === 0 ? "nothing was lost" : "losses and open decisions:");
  lines.push(...seen.map(([text, count]) => `  ${count}  ${text}`));
  return `${lines.join("\n")}\n`;
}
