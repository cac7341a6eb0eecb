/**
 * What the daemon would write into the kernel's tables, as files for load.py: in a counting guest
 * the daemon itself takes a quarter of an hour to start.
 *
 * @module
 */

import { lpConfig, LpMode, LpVolume, rodata, writeLpConfig } from "../../ffi/layout.gen.ts";
import { writeVariable } from "../../ffi/variable.ts";
import { DEFAULTS } from "../../src/config/settings.ts";
import { builtinRanges } from "../../src/daemon/builtin_ranges.ts";
import {
  type Element,
  interpreterElements,
  suffixElements,
  u32,
  zoneElements,
} from "../../src/daemon/tables.ts";
import { PathHasher } from "../../src/marks/path_hash.ts";
import { textToByteString } from "../../src/policy/bytes.ts";
import { compile } from "../../src/policy/compile.ts";
import { interpreterRules, unversioned } from "../../src/policy/interpreters.ts";
import { parseAllowlist } from "../../src/policy/parse.ts";
import { assignZones } from "../../src/policy/zones.ts";

/** The host's key here: any will do. */
const KEY = new Uint8Array(16).map((_, index) => index);

/** A time at boot, in seconds since 1970: any will do. */
const BOOT_EPOCH = 1_700_000_000n;

/**
 * Writes `tables.json` and `rules-N` for load.py.
 *
 * @param folder Where.
 * @param sizes Numbers of rules to write a set for.
 * @returns Payload paths to the files.
 */
export async function writeTables(
  folder: string,
  sizes: readonly number[],
): Promise<Record<string, string>> {
  const constants = new DataView(new ArrayBuffer(rodata.size));
  const key = new DataView(KEY.buffer);
  writeVariable(constants, rodata.variables.lpKey0, key.getBigUint64(0, true));
  writeVariable(constants, rodata.variables.lpKey1, key.getBigUint64(8, true));
  const names = DEFAULTS.interpreters.map((pattern) =>
    unversioned(textToByteString(pattern.replace(/\*$/, "")))
  );
  const tables = {
    rodata: new Uint8Array(constants.buffer).toHex(),
    hostMntNsAt: lpConfig.fields.hostMntNs.offset,
    hostNetNs: 0,
    hostIpcNs: 0,
    hostUtsNs: 0,
    hostCgroupNs: 0,
    hostRootDev: 0,
    maps: {
      config: hex([[u32(0), config()]]),
      zones: hex(zoneElements(builtinRanges())),
      suffixes: hex(suffixElements()),
      interp_names: hex(interpreterElements(names.map((name) => [name, interpreterRules(name)]))),
    },
  };
  await Deno.writeTextFile(`${folder}/tables.json`, JSON.stringify(tables));
  const files: Record<string, string> = { "tables.json": `${folder}/tables.json` };
  for (const size of sizes) {
    await Deno.writeFile(`${folder}/rules-${size}`, ruleSet(size));
    files[`rules-${size}`] = `${folder}/rules-${size}`;
  }
  return files;
}

/** The configuration of the daemon in enforce; `active` is the set of rules load.py fills. */
function config(): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(lpConfig.size));
  writeLpConfig(view, 0, {
    mode: LpMode.LP_MODE_ENFORCE,
    active: 0,
    policy: 1,
    daemon: 0,
    bootEpoch: BOOT_EPOCH,
    hostMntNs: 0,
    hostNetNs: 0,
    hostIpcNs: 0,
    hostUtsNs: 0,
    hostCgroupNs: 0,
    hostRootDev: 0,
    markLocalhost: 0,
    interpreters: 1,
    logAllowed: 1,
    trusts: 0,
    shellTaintS: 10,
    volumes: LpVolume.LP_VOLUME_NETWORK | LpVolume.LP_VOLUME_FUSE | LpVolume.LP_VOLUME_REMOVABLE |
      LpVolume.LP_VOLUME_USERNS,
    daemonStarted: 0n,
    digests: 0,
    trialEnds: 0n,
    digestAll: 0,
    zero: 0,
  });
  return new Uint8Array(view.buffer);
}

/** Rules for other programs, and one for what curl brings: count, shapes, keys, values. */
function ruleSet(size: number): Uint8Array {
  const lines = Array.from({ length: size - 1 }, (_, i) => `target_filename=/opt/app${i}/program`);
  const text = [...lines, "creator_comm=curl", ""].join("\n");
  const { rules } = parseAllowlist(new TextEncoder().encode(text));
  const hasher = new PathHasher(KEY);
  const zones = assignZones([]);
  const { table, shapesBytes } = compile(rules, { hasher, zones, now: Number(BOOT_EPOCH) });
  const { count, keys, values } = table;
  const parts = [u32(count), u32(shapesBytes.length), shapesBytes, keys, values];
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function hex(elements: Element[]): [string, string][] {
  return elements.map(([key, value]) => [key.toHex(), value.toHex()]);
}
