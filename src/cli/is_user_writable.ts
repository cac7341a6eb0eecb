/**
 * Who can put files into a folder of this host.
 *
 * @module
 */

import { type ByteString, decodeText } from "../policy/bytes.ts";

/**
 * Whether somebody other than root could put files into a folder.
 *
 * @param folder The folder.
 * @returns False also for one that isn't there or can't be seen: there is nothing to warn of.
 */
export function isUserWritable(folder: ByteString): boolean {
  try {
    const { uid, gid, mode } = Deno.statSync(decodeText(folder));
    return uid !== 0 || (mode! & 0o002) !== 0 || ((mode! & 0o020) !== 0 && gid !== 0);
  } catch {
    return false;
  }
}
