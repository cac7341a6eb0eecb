/**
 * What the `hashdb` commands share: the audit store, opened for looking up.
 *
 * @module
 */

import { loadSettings } from "../config/load.ts";
import { addressText } from "../events/decode.ts";
import { Store, type Text } from "../marks/store.ts";
import { byteStringToBytes, displayText } from "../policy/bytes.ts";
import { type CommandContext, flagValue } from "./command.ts";

/**
 * Opens the audit store that a command line names.
 *
 * @param context The command line.
 * @returns The store, for reading only.
 * @throws {UserError} If there is none, or it can't be read.
 */
export async function openAuditStore(context: CommandContext): Promise<Store> {
  const named = flagValue(context, "hash-db");
  const config = flagValue(context, "config");
  const flags = new Map(config === undefined ? [] : [["config", config]]);
  // A broken configuration is no reason not to read a store that was named.
  const path = named ?? (await loadSettings(flags, context.env)).settings.hashDb;
  return Store.open(path, { readOnly: true });
}

/**
 * The line that both commands print.
 *
 * @param text An entry of the store.
 * @returns `HASH<TAB>PATH` with a line break; no path can add a tab or a line.
 */
export function entryLine(text: Text): string {
  return `${text.hash.toString(16).padStart(16, "0")}\t${shown(text)}\n`;
}

function shown({ kind, bytes }: Text): string {
  if (kind === "remote") return addressText(byteStringToBytes(bytes)) ?? "no address";
  if (kind === "digest") return `sha256:${byteStringToBytes(bytes).toHex()}`;
  return displayText(bytes);
}
