/**
 * What of the settings the kernel side needs, and what of them a reload changes.
 *
 * @module
 */

import { KEYS } from "../config/keys.ts";
import type { Settings } from "../config/settings.ts";
import type { LiveSettings } from "./protocol.ts";

/** The settings that SIGHUP changes, out of new ones. */
export function changeable(settings: Settings): Partial<Settings> {
  const live = KEYS.filter((key) => key.live).map(({ setting }) => [setting, settings[setting]]);
  return Object.fromEntries(live) as Partial<Settings>;
}

/** What the kernel side is told of the settings, at the start and at each reload. */
export function liveSettings(settings: Settings): LiveSettings {
  return {
    mode: settings.mode,
    markLocalhost: settings.markLocalhost,
    interpreters: [...settings.interpreters],
    proxyPorts: [...settings.proxyPorts],
    foreignVolumes: [...settings.foreignVolumes],
    guards: [...settings.guards],
    protectSelf: settings.protectSelf && settings.mode === "enforce",
    detectors: [...settings.detectors],
    tellMarks: logsMarks(settings.logLevel),
    hashes: settings.hashes || (settings.mode === "soak" && settings.soak.includes("sha256")),
    zones: settings.zones.map(({ name, networks }) => ({
      name,
      networks: networks.map(({ bytes, prefix }) => ({ bytes, prefix })),
    })),
  };
}

/** They are logged at debug; there are many of them. */
function logsMarks(level: Settings["logLevel"]): boolean {
  return level === "debug" || level === "trace";
}

/** Whether something in the settings needs digests of files. */
export function wantsDigests(settings: Settings): boolean {
  return liveSettings(settings).hashes || settings.detectors.some(({ hash }) => hash);
}
