/**
 * The configurations in the kernel that daemons have left, or use.
 *
 * @module
 */

import {
  type LpConfig,
  lpConfig,
  readLpConfig,
  stateLayout,
  writeLpConfig,
} from "../../ffi/layout.gen.ts";
import { MapHandle } from "../../ffi/map.ts";
import type { FoundPins } from "./pins.ts";
import { pinned, u32 } from "./tables.ts";

/** A configuration that is pinned. */
export interface PinnedConfig {
  /** What it says. */
  config: LpConfig;
  /** Has it say something else; what isn't named stays. */
  change: (changes: Partial<LpConfig>) => void;
}

/**
 * Whether this version understands what is pinned there: it has the same tables.
 *
 * @param pins The pins of a daemon.
 */
export function isUnderstood({ name }: FoundPins): boolean {
  return name.startsWith(`${stateLayout}_`);
}

/**
 * The configurations that this version understands.
 *
 * @param found The pins of all daemons.
 * @returns Each; its map is open until the next is asked for.
 * @throws {BpfError} When the pins may not be used.
 */
export function* pinnedConfigs(found: readonly FoundPins[]): Generator<PinnedConfig> {
  for (const pins of found.filter(isUnderstood)) {
    using map = MapHandle.openPinned(pins.mapPath("config"));
    const value = pinned(lpConfig.size);
    if (!map?.lookup(u32(0), value)) continue;
    const view = new DataView(value.buffer);
    const config = readLpConfig(view);
    const change = (changes: Partial<LpConfig>) => {
      writeLpConfig(view, 0, { ...config, ...changes });
      map.update(u32(0), value);
    };
    yield { config, change };
  }
}
