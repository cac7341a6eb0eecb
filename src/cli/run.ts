/**
 * `linprov run`: the daemon in the foreground.
 *
 * @module
 */

import { setProcessName } from "../../ffi/process.ts";
import { loadSettings } from "../config/load.ts";
import { readRescueMode, rescued } from "../config/rescue.ts";
import type { Settings } from "../config/settings.ts";
import { Boots, isService } from "../daemon/boots.ts";
import { claim } from "../daemon/claim.ts";
import { Daemon } from "../daemon/daemon.ts";
import { requireDetectors } from "../daemon/detector_host.ts";
import { requireGuards } from "../daemon/guard_host.ts";
import { requireHost } from "../daemon/host_check.ts";
import { listening, rescue as rescueLine } from "../daemon/life_lines.ts";
import { serveControl } from "../daemon/serve_control.ts";
import { leftBehind } from "../daemon/pins.ts";
import { ServiceManager } from "../daemon/service_manager.ts";
import { readHostKey } from "../daemon/state.ts";
import { Log, logger, say } from "../log/log.ts";
import type { CommandContext, Handler } from "./command.ts";
import { readDuration } from "./duration_flag.ts";
import { ExitCode } from "./exit.ts";

/** Runs the daemon until a signal ends it. */
export const handler: Handler = async (context) => {
  const rescue = readRescueMode();
  const configured = async () => rescued(await settingsOf(context), rescue);
  const wanted = await configured();
  const trial = readDuration(context, "try");
  requireHost();
  requireGuards(wanted.guards);
  requireDetectors(wanted.detectors);
  setProcessName("linprov");
  claim(Deno.pid);
  await using log = await Log.open(wanted);
  const hashKey = await readHostKey();
  // A trial has a way back of its own.
  const counts = isService() && trial === undefined;
  using boots = counts ? await Boots.begin(wanted.mode === "enforce") : null;
  const inThisBoot = (settings: Settings) => boots?.settings(settings) ?? settings;
  const settings = inThisBoot(wanted);
  const readSettings = async () => {
    const settings = await configured();
    requireGuards(settings.guards);
    requireDetectors(settings.detectors);
    return inThisBoot(settings);
  };
  const daemon = new Daemon(settings, log, readSettings, { boots });
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
    await boots?.gaveUp();
    if (leftBehind() !== null) context.out.warn(STILL_ENFORCED);
    throw error;
  }
  say(logger("control"), listening(control.path));
  daemon.announce();
  if (rescue !== null) say(logger("daemon"), rescueLine());
  boots?.watch(() => daemon.engineStatus());
  manager.ready(() => daemon.engineStatus());
  // Without a signal it ends only when the kernel side fails.
  await Promise.race([ended.promise, daemon.ended]);
  const keep = await manager.isRestarting();
  manager.stopping();
  await boots?.stopped();
  await daemon.stop({ keep });
  return ExitCode.ok;
};

const STILL_ENFORCED = `linprov: what an earlier linprov enforces stays in force; to end that: \
linprov release
`;

async function settingsOf({ values, switches, env }: CommandContext): Promise<Settings> {
  const flags = new Map<string, string>();
  for (const [name, given] of values) flags.set(name, given.at(-1)!);
  for (const [name, on] of switches) flags.set(name, String(on));
  const guards = values.get("guard") ?? [];
  const detectors = values.get("detect") ?? [];
  return (await loadSettings(flags, env, { guards, detectors })).settings;
}
