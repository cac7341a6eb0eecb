/**
 * `linprov soak`: learns the rules that a machine needs.
 *
 * @module
 */

import { setProcessName } from "../../ffi/process.ts";
import { loadSettings } from "../config/load.ts";
import type { Settings } from "../config/settings.ts";
import { AllowlistFile } from "../daemon/allowlist_file.ts";
import { Daemon } from "../daemon/daemon.ts";
import { requireHost } from "../daemon/host_check.ts";
import { serveControl } from "../daemon/serve_control.ts";
import type { Proposal } from "../daemon/soak.ts";
import { readHostKey } from "../daemon/state.ts";
import { Log } from "../log/log.ts";
import { lintRules } from "../policy/lint.ts";
import { parseAllowlist } from "../policy/parse.ts";
import { type CommandContext, flagValue, type Handler } from "./command.ts";
import { readDuration } from "./duration_flag.ts";
import { ExitCode } from "./exit.ts";
import type { Output } from "./output.ts";

/** Observes, and proposes the rules at the end. */
export const handler: Handler = async (context) => {
  const readSettings = () => soakSettings(context);
  const settings = await readSettings();
  const limit = readDuration(context, "duration");
  const output = flagValue(context, "output");
  requireHost();
  setProcessName("linprov");
  await using log = await Log.open(settings);
  const daemon = new Daemon(settings, log, readSettings, {
    soakOutput: output === undefined ? null : new AllowlistFile(output, { mayBeMissing: true }),
  });

  const ended = Promise.withResolvers<void>();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => ended.resolve());
  }
  await using _control = await serveControl(daemon, settings);
  context.dropNetwork();
  await daemon.start(await readHostKey());
  daemon.announce();
  const timer = limit === undefined ? undefined : setTimeout(ended.resolve, limit);
  const progress = showProgress(daemon, limit);
  await Promise.race([ended.promise, daemon.ended]);
  clearTimeout(timer);
  progress();
  await daemon.stop();
  propose(context.out, daemon.soak.proposals(), settings, output);
  return ExitCode.ok;
};

async function soakSettings(context: CommandContext): Promise<Settings> {
  const flags = new Map<string, string>();
  for (const [name, given] of context.values) flags.set(name, given.at(-1)!);
  for (const [name, on] of context.switches) flags.set(name, String(on));
  const dims = flags.get("dims");
  if (dims !== undefined) flags.set("soak", dims);
  flags.set("mode", "soak");
  return (await loadSettings(flags, context.env)).settings;
}

/** A line that is rewritten each second, on a terminal only; returns what ends it. */
function showProgress(daemon: Daemon, limit: number | undefined): () => void {
  if (!Deno.stderr.isTerminal()) return () => {};
  const encoder = new TextEncoder();
  const start = Date.now();
  const show = () => {
    const passed = Math.floor((Date.now() - start) / 1000);
    const time = limit === undefined ? `${passed} s` : `${passed} of ${limit / 1000} s`;
    const { executions } = daemon.soak;
    const rules = daemon.soak.proposals().length;
    const text = `\r${time}: ${executions} marked executions, ${rules} rules  (Ctrl-C ends)`;
    Deno.stderr.writeSync(encoder.encode(text));
  };
  const timer = setInterval(show, 1000);
  return () => {
    clearInterval(timer);
    Deno.stderr.writeSync(encoder.encode("\n"));
  };
}

/**
 * Prints what was learned and how to go on.
 *
 * @param out Where.
 * @param proposals The rules.
 * @param settings For the path of the allowlist.
 * @param output The file they were written to.
 */
export function propose(
  out: Output,
  proposals: readonly Proposal[],
  settings: Settings,
  output: string | undefined,
): void {
  if (proposals.length === 0) {
    out.print("Nothing marked was run that the allowlist doesn't permit already.\n");
    return;
  }
  const width = Math.max(...proposals.map(({ hits }) => String(hits).length), "hits".length);
  out.print(`${"hits".padStart(width)}  proposed rule\n`);
  for (const { hits, rule } of proposals) {
    out.print(`${String(hits).padStart(width)}  ${rule}\n`);
  }
  const text = proposals.map(({ rule }) => `${rule}\n`).join("");
  const { rules } = parseAllowlist(new TextEncoder().encode(text), { positions: true });
  for (const { line, message } of lintRules(rules, { now: Math.floor(Date.now() / 1000) })) {
    out.print(`\nlook at: ${proposals[line - 1]?.rule}\n  ${message}\n`);
  }
  const file = output ?? "FILE";
  out.print("\nto enforce them:\n");
  if (output === undefined) out.print("  copy the rules you want to FILE\n");
  out.print(`  linprov check ${file}\n`);
  out.print(`  cat ${file} >> ${settings.allowlist}\n`);
  out.print("  linprov run --mode enforce\n");
}
