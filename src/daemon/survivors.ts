/**
 * The survival list of this host.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { realPath } from "../../ffi/paths.ts";
import { bytesToByteString, type ByteString, textToByteString } from "../policy/bytes.ts";
import { SURVIVAL_LIST } from "../policy/survival.ts";

/**
 * The paths as the kernel knows them. Links may lead elsewhere after an
 * upgrade, so this is looked up at each reload.
 */
export function survivorsOnHost(): ByteString[] {
  const found = new Set<ByteString>();
  // The runtime of this program, which a portable binary has unpacked.
  for (const path of [...SURVIVAL_LIST, Deno.execPath()]) {
    try {
      found.add(bytesToByteString(realPath(textToByteString(path))));
    } catch (error) {
      // Nobody has all of them.
      if (!(error instanceof BpfError)) throw error;
    }
  }
  return [...found];
}
