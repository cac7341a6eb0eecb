/**
 * The state of a linprov whose daemon is gone, out of what it has pinned.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { lpConfig, LpCounter, LpMode, readLpConfig } from "../../ffi/layout.gen.ts";
import { LibraryMissing } from "../../ffi/library_missing.ts";
import { MapHandle } from "../../ffi/map.ts";
import { type LeftBehind, leftBehind, PIN_FOLDER } from "../daemon/pins.ts";
import { u32 } from "../daemon/tables.ts";
import { nanosecondsSinceBoot } from "../host/boot_clock.ts";

/** What is enforced without a daemon. */
export interface DownStatus {
  daemon: "down";
  /** Null when it was a linprov with another layout. */
  mode: string | null;
  /** The programs that are attached. */
  hooks: string[];
  /** Null when it was a linprov with another layout. */
  decisions: { allowed: number; blocked: number; would_block: number } | null;
}

/**
 * Reads it.
 *
 * @param root The folder of all pins.
 * @returns Null when nothing is attached, or who asks may not know.
 */
export function readDown(root: string = PIN_FOLDER): DownStatus | null {
  try {
    const left = leftBehind(root);
    if (left === null) return null;
    const hooks = left.programs;
    const mode = modeOf(left);
    return { daemon: "down", mode, hooks, decisions: mode === null ? null : decisionsOf(left) };
  } catch (error) {
    if (error instanceof BpfError || error instanceof LibraryMissing) return null;
    throw error;
  }
}

/**
 * The same in words.
 *
 * @param status What was read.
 * @returns Lines, the last one ended.
 */
export function downText({ mode, hooks, decisions }: DownStatus): string {
  const rows: [string, string | number][] = [
    ["mode", `${mode ?? "unknown"} (the daemon is down: what it enforced last stays)`],
    ["hooks attached", `${hooks.length}: ${hooks.join(" ")}`],
  ];
  if (decisions) {
    rows.push(
      ["executions permitted", decisions.allowed],
      ["executions refused", decisions.blocked],
      ["would have been refused", decisions.would_block],
    );
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return `${lines.join("\n")}

To have a daemon again:  systemctl start linprov
To end enforcement:      linprov release
`;
}

function modeOf(left: LeftBehind): string | null {
  using map = MapHandle.openPinned(left.mapPath("config"));
  if (!map || map.valueSize !== lpConfig.size) return null;
  const value = new Uint8Array(lpConfig.size);
  if (!map.lookup(u32(0), value)) return null;
  const { mode, trialEnds } = readLpConfig(new DataView(value.buffer));
  if (trialEnds > 0n && trialEnds < nanosecondsSinceBoot()) return "observe";
  const name = Object.entries(LpMode).find(([, number]) => number === mode)?.[0];
  return name?.slice("LP_MODE_".length).toLowerCase() ?? null;
}

function decisionsOf(left: LeftBehind): DownStatus["decisions"] {
  using map = MapHandle.openPinned(left.mapPath("counters"));
  if (!map) return null;
  const value = new Uint8Array(8);
  const count = (index: number) =>
    map.lookup(u32(index), value) ? Number(new DataView(value.buffer).getBigUint64(0, true)) : 0;
  return {
    allowed: count(LpCounter.LP_COUNT_ALLOWED),
    blocked: count(LpCounter.LP_COUNT_BLOCKED),
    would_block: count(LpCounter.LP_COUNT_WOULD_BLOCK),
  };
}
