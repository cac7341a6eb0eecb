/**
 * The folders that an installation had to make, so that `uninstall` removes
 * those and no others.
 *
 * @module
 */

import { STATE_FOLDER } from "../../daemon/state.ts";

const RECORD = `${STATE_FOLDER}/folders`;

/**
 * Remembers folders.
 *
 * @param folders What was made.
 * @param record The file that remembers; its folder must exist.
 */
export async function rememberFolders(
  folders: readonly string[],
  record: string = RECORD,
): Promise<void> {
  if (folders.length === 0) return;
  const lines = folders.map((folder) => `${folder}\n`).join("");
  await Deno.writeTextFile(record, lines, { append: true, mode: 0o600 });
}

/** What was remembered; nothing when there is no record. */
export async function rememberedFolders(record: string = RECORD): Promise<Set<string>> {
  try {
    return new Set((await Deno.readTextFile(record)).split("\n").filter((line) => line !== ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}
