/**
 * `linprov run`: the daemon in the foreground.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";
import { setProcessName } from "../../ffi/process.ts";
import { loadSettings } from "../config/load.ts";
import { rescued, rescueMode } from "../config/rescue.ts";
import { Daemon } from "../daemon/daemon.ts";
import { requireHost } from "../daemon/host_check.ts";
import { listening, rescue as rescueLine, say } from "../daemon/life_lines.ts";
import { serveControl } from "../daemon/serve_control.ts";
import { leftBehind, PIN_FOLDER } from "../daemon/pins.ts";
import { ServiceManager } from "../daemon/service_manager.ts";
import { readHostKey } from "../daemon/state.ts";
import { Log, logger } from "../log/log.ts";
import type { CommandContext, Handler } from "./command.ts";
import { readDuration } from "./duration_flag.ts";
import { ExitCode } from "./exit.ts";

/** Runs the daemon until a signal ends it. */
export const handler: Handler = async (context) => {
  const rescue = rescueMode(new TextDecoder().decode(readFile("/proc/cmdline")));
  const readSettings = async () =>
    rescued((await loadSettings(flagsOf(context), context.env)).settings, rescue);
  const settings = await readSettings();
  const trial = readDuration(context, "try");
  requireHost();
  setProcessName("linprov");
  await using log = await Log.open(settings);
  const hashKey = await readHostKey();
  const daemon = new Daemon(settings, log, readSettings);
  using manager = new ServiceManager({ env: context.env });

  const ended = Promise.withResolvers<void>();
  const stop = () => ended.resolve();
  const reload = () => {
    manager.reloading();
    daemon.reload().then(() => manager.reloaded(), ended.reject);
  };
  Deno.addSignalListener("SIGHUP", reload);
  Deno.addSignalListener("SIGTERM", stop);
  Deno.addSignalListener("SIGINT", stop);

  await using control = await serveControl(daemon, settings);
  context.dropNetwork();
  try {
    await daemon.start(hashKey, { trial });
  } catch (error) {
    if (leftBehind() !== null) context.out.warn(STILL_ENFORCED);
    throw error;
  }
  say(logger("control"), listening(control.path));
  daemon.announce();
  if (rescue !== null) say(logger("daemon"), rescueLine());
  manager.ready(() => daemon.engineStatus());
  // Without a signal it ends only when the kernel side fails.
  await Promise.race([ended.promise, daemon.ended]);
  const keep = await manager.isRestarting();
  manager.stopping();
  await daemon.stop({ keep });
  return ExitCode.ok;
};

const STILL_ENFORCED = `linprov: what an earlier linprov enforces stays in force; to end that: \
rm -r ${PIN_FOLDER}
`;

function flagsOf({ values, switches }: CommandContext): Map<string, string> {
  const flags = new Map<string, string>();
  for (const [name, given] of values) flags.set(name, given.at(-1)!);
  for (const [name, on] of switches) flags.set(name, String(on));
  return flags;
}
