/**
 * Folders in which ordinary users can put files.
 *
 * @module
 */

import type { ByteString } from "./bytes.ts";
import type { FolderPattern } from "./rule.ts";

// Anybody may create files here.
const SHARED = [
  "/tmp/",
  "/var/tmp/",
  "/dev/shm/",
  "/dev/mqueue/",
  "/run/lock/",
  "/var/lock/",
];
// Below these every user has a folder of his own.
const OWNED = ["/home/", "/run/user/"];

/**
 * Who can put files into a folder, as far as its path tells.
 *
 * @param folder The folder, ending in a slash.
 * @returns "anybody", "its owner" for what lies in a home, or undefined for
 * folders of the system.
 */
export function whoWrites(folder: ByteString): "anybody" | "its owner" | undefined {
  if (SHARED.some((shared) => folder.startsWith(shared))) return "anybody";
  if (OWNED.some((owned) => folder.startsWith(owned) && folder !== owned)) return "its owner";
  return undefined;
}

/**
 * Finds a folder ordinary users can write that a pattern takes in although
 * its own path doesn't look like it.
 *
 * @param pattern A folder.
 * @returns The folder it takes in, or undefined.
 */
export function writableBelow({ path, recursive }: FolderPattern): ByteString | undefined {
  return recursive ? [...SHARED, ...OWNED].find((folder) => folder.startsWith(path)) : undefined;
}
