/**
 * What doesn't keep linprov from enforcing, and should be looked at all the
 * same: what the running daemon lost, boots that failed, and a damaged store that was set aside.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { MOST_FAILED } from "../daemon/boot_record.ts";
import { lossMeaning } from "../daemon/losses.ts";
import { STATE_FOLDER } from "../daemon/state.ts";
import type { DaemonStatus } from "../daemon/status.ts";
import { UserError } from "../errors.ts";
import { askStatus } from "./ask_status.ts";
import type { Paint } from "./paint.ts";

/** Losses that are in the nature of a filesystem: the store has these marks. */
const HARMLESS = /^xattr_failed\b/;

/**
 * Looks for what is degraded.
 *
 * @param onOpen Called when the control socket is open.
 * @returns A clause each; nothing where no daemon runs, or the caller may not know.
 */
export async function findDegraded(onOpen: () => void): Promise<string[]> {
  const running = await runningState(onOpen);
  return [...fallbackIn(running), ...await damagedStores(STATE_FOLDER), ...lossesIn(running)];
}

/**
 * What is degraded, in words.
 *
 * @param degraded What {@linkcode findDegraded} found.
 * @param paint Colours.
 * @returns Lines, the last one ended; nothing when there is nothing.
 */
export function degradedText(degraded: readonly string[], paint: Paint): string {
  if (degraded.length === 0) return "";
  return `${paint.warn("Degraded:")}\n${degraded.map((each) => `  ${each}\n`).join("")}`;
}

/** The damaged stores that a daemon has set aside in a folder. */
export async function damagedStores(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!/\.damaged-[^-]*-[^-]*-[^-]*$/.test(name)) continue;
      found.push(`the store was damaged: ${folder}/${name}; remove that file once you know why`);
    }
  } catch (error) {
    const unknown = error instanceof Deno.errors.PermissionDenied ||
      error instanceof Deno.errors.NotFound;
    if (!unknown) throw error;
  }
  return found.sort();
}

/** Whether a daemon doesn't enforce, because boots failed while it did. */
export function fallbackIn(status: Pick<DaemonStatus, "failed_boots"> | null): string[] {
  const failed = status?.failed_boots ?? 0;
  if (failed < MOST_FAILED) return [];
  return [
    `the last ${failed} boots failed under enforcement, so linprov only observes: see its log, ` +
    "then linprov confirm",
  ];
}

/** What a daemon's state says was lost. */
export function lossesIn(status: Pick<DaemonStatus, "losses" | "marks"> | null): string[] {
  if (status === null) return [];
  const lost = Object.entries(status.losses).filter(([name]) => !HARMLESS.test(name))
    .map(([name, count]) => `${count} ${lossMeaning(name)}`);
  const { unpersisted, distrusted } = status.marks;
  if (unpersisted > 0) lost.push(`${unpersisted} marks are not in the store`);
  if (distrusted > 0) {
    lost.push(`${distrusted} files are not what their packages say: see DISTRUSTED in the log`);
  }
  return lost;
}

async function runningState(onOpen: () => void): Promise<DaemonStatus | null> {
  try {
    using client = await ControlClient.connect(undefined, { onOpen });
    return JSON.parse(await askStatus(client));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
