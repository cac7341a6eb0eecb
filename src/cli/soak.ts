/**
 * `linprov soak`: learns the rules that a machine needs.
 *
 * @module
 */

import { setProcessName } from "../../ffi/process.ts";
import { loadSettings } from "../config/load.ts";
import { readRescueMode, rescued } from "../config/rescue.ts";
import type { Settings } from "../config/settings.ts";
import { AllowlistFile } from "../daemon/allowlist_file.ts";
import { claim } from "../daemon/claim.ts";
import { Daemon } from "../daemon/daemon.ts";
import { requireDetectors } from "../daemon/detector_host.ts";
import { requireGuards } from "../daemon/guard_host.ts";
import { requireHost } from "../daemon/host_check.ts";
import { serveControl } from "../daemon/serve_control.ts";
import type { Soak } from "../daemon/soak.ts";
import { readHostKey } from "../daemon/state.ts";
import { Log } from "../log/log.ts";
import { lintRules } from "../policy/lint.ts";
import { parseAllowlist } from "../policy/parse.ts";
import { type CommandContext, flagValue, type Handler } from "./command.ts";
import { readDuration } from "./duration_flag.ts";
import { ExitCode } from "./exit.ts";
import { isUserWritable } from "./is_user_writable.ts";
import type { Output } from "./output.ts";
import { painter } from "./paint.ts";
import { Progress } from "./progress.ts";

/** Observes, and proposes the rules at the end. */
export const handler: Handler = async (context) => {
  const readSettings = () => soakSettings(context);
  const settings = await readSettings();
  const limit = readDuration(context, "duration");
  const output = flagValue(context, "output");
  requireHost();
  requireGuards(settings.guards);
  requireDetectors(settings.detectors);
  setProcessName("linprov");
  claim(Deno.pid);
  let started = Date.now();
  using progress = new Progress(() => progressText(daemon.soak, Date.now() - started, limit));
  await using log = await Log.open(settings, progress.log);
  const daemon = new Daemon(settings, log, readSettings, {
    soakOutput: output === undefined ? null : new AllowlistFile(output, { mayBeMissing: true }),
  });

  const ended = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => ended.resolve());
  }
  Deno.addSignalListener("SIGHUP", () => void daemon.reload().catch(ended.reject));
  await using _control = await serveControl(daemon, settings);
  context.dropNetwork();
  await daemon.start(await readHostKey());
  daemon.announce();
  const timer = limit === undefined ? undefined : setTimeout(ended.resolve, limit);
  started = Date.now();
  progress.start();
  await Promise.race([ended.promise, daemon.ended]);
  clearTimeout(timer);
  progress[Symbol.dispose]();
  await daemon.stop();
  propose(context.out, daemon.soak, settings, output);
  return ExitCode.ok;
};

async function soakSettings(context: CommandContext): Promise<Settings> {
  const flags = new Map<string, string>();
  for (const [name, given] of context.values) flags.set(name, given.at(-1)!);
  for (const [name, on] of context.switches) flags.set(name, String(on));
  const dims = flags.get("dims");
  if (dims !== undefined) flags.set("soak", dims);
  flags.set("mode", "soak");
  return rescued((await loadSettings(flags, context.env)).settings, readRescueMode());
}

/**
 * How it stands, in less than a line.
 *
 * @param soak What was learned.
 * @param passed Milliseconds since the start.
 * @param limit Milliseconds it takes, if that is known.
 * @returns The text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   progressText({ executions: 12, rules: 3 }, 65_000, 1_800_000),
 *   "1:05 of 30:00: 12 marked executions, 3 rules (Ctrl-C ends)",
 * );
 * ```
 */
export function progressText(
  { executions, rules }: Pick<Soak, "executions" | "rules">,
  passed: number,
  limit: number | undefined,
): string {
  const time = limit === undefined ? clock(passed) : `${clock(passed)} of ${clock(limit)}`;
  return `${time}: ${executions} marked executions, ${rules} rules (Ctrl-C ends)`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, i) => i === 0 ? String(part) : String(part).padStart(2, "0")).join(":");
}

/**
 * Prints what was learned and how to go on.
 *
 * @param out Where.
 * @param soak What was learned.
 * @param settings For the path of the allowlist.
 * @param output The file the rules were written to.
 */
export function propose(
  out: Output,
  soak: Pick<Soak, "proposals" | "unnamed">,
  settings: Pick<Settings, "allowlist">,
  output: string | undefined,
): void {
  const { bold, warn } = painter(out);
  const proposals = soak.proposals();
  if (proposals.length > 0) {
    const width = Math.max(...proposals.map(({ hits }) => String(hits).length), "hits".length);
    out.print(`${bold(`${"hits".padStart(width)}  proposed rule`)}\n`);
    for (const { hits, rule } of proposals) {
      out.print(`${String(hits).padStart(width)}  ${rule}\n`);
    }
  } else if (soak.unnamed === 0) {
    out.print("Nothing marked was run that the allowlist doesn't permit already.\n");
  }
  if (soak.unnamed > 0) {
    out.print(
      `${warn("no rule is possible")} for ${soak.unnamed} executions without a file, such as ` +
        `curl | sh: have them download to a file and run that\n`,
    );
  }
  if (proposals.length === 0) return;

  const text = proposals.map(({ rule }) => `${rule}\n`).join("");
  const { rules } = parseAllowlist(new TextEncoder().encode(text), { positions: true });
  const now = Math.floor(Date.now() / 1000);
  for (const { line, message, hint } of lintRules(rules, { now, isUserWritable })) {
    out.print(`\n${warn("look at")} ${proposals[line - 1]?.rule}\n  ${message}\n`);
    if (hint) out.print(`  ${hint}\n`);
  }
  const file = output ?? "FILE";
  out.print(`\n${bold("to enforce them")}, once you have looked through them:\n`);
  if (output === undefined) out.print("  copy the rules you want to FILE\n");
  out.print(`  linprov check ${file}\n`);
  out.print(`  cat ${file} >> ${settings.allowlist}\n`);
  out.print("  linprov run --mode enforce --try 10m\n");
}
