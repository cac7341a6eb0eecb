/**
 * How a new linprov is installed while the old one enforces.
 *
 * What is downloaded is marked, and so is every copy that anybody makes of it:
 * installed by cp(1), linprov would lock itself out. The daemon's own reads
 * and writes carry nothing, so the daemon makes the copy. That root asks it to
 * is the approval; it lands in one place only, where `linprov upgrade` tries it
 * before it replaces anything.
 *
 * @module
 */

import { type Peer, RequestError } from "../control/protocol.ts";
import { copyToNew } from "../host/install/binary.ts";
import { NEW_BINARY } from "../host/install/places.ts";
import { logger } from "../log/log.ts";
import { type ByteString, byteStringToBytes, quoteValue } from "../policy/bytes.ts";

/**
 * Copies a program to where the next linprov waits, without its mark.
 *
 * @param path The program, a full path.
 * @param peer Who asks.
 * @returns The answer.
 * @throws {RequestError} When it isn't root who asks, or it can't be copied.
 */
export async function adopt(path: ByteString, peer: Peer | undefined): Promise<string> {
  const log = logger("daemon");
  if (peer?.uid !== 0) throw new RequestError("only root may replace linprov");
  if (!path.startsWith("/")) throw new RequestError("adopt takes a full path");
  log.warn(`taking over ${quoteValue(path)} as the next linprov, for root (pid ${peer.pid})`);
  try {
    await copyToNew(new TextDecoder("utf-8", { fatal: true }).decode(byteStringToBytes(path)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log.error(`cannot take over ${quoteValue(path)}: ${why}`);
    throw new RequestError(`cannot copy it: ${why}`);
  }
  return `OK ${NEW_BINARY}`;
}
