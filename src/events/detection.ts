/**
 * What stands behind the record of a detection: lengths, then texts.
 *
 * @module
 */

import { lpDetection, readLpDetection } from "../../ffi/layout.gen.ts";
import { bytesToByteString, type ByteString, byteStringToBytes } from "../policy/bytes.ts";
import { commText } from "./decode.ts";
import type { Ancestor } from "./event.ts";

/** Bits of `lp_detection.flags`; see bpf/wire.h. */
const FLAGS = { pathCut: 1, noArguments: 2, environmentCut: 4 } as const;

/** The texts of a detection. */
export interface DetectionTexts {
  exe: ByteString | null;
  target: ByteString | null;
  targetPid: number | null;
  ancestors: Ancestor[];
  arguments: ByteString[] | null;
  argumentBytes: number;
  argumentsCut: boolean;
  environment: ByteString[];
  environmentCut: boolean;
  pathsCut: boolean;
}

/**
 * Reads what stands behind the record.
 *
 * @param text The record's text.
 * @returns The texts; null when it is none of ours.
 */
export function readDetection(text: ByteString): DetectionTexts | null {
  if (text.length < lpDetection.size) return null;
  const bytes = byteStringToBytes(text);
  const head = readLpDetection(new DataView(bytes.buffer));
  let at: number = lpDetection.size;
  const take = (length: number) => {
    const taken = bytesToByteString(bytes.subarray(at, at + length));
    at += length;
    return taken;
  };
  const exe = take(head.exeLen) || null;
  const target = take(head.targetLen) || null;
  const ancestors = head.ancestor.slice(0, head.ancestors).map(({ pid, comm, pathLen }) => ({
    pid,
    comm: commText(comm),
    exe: take(pathLen) || null,
  }));
  const hasFlag = (flag: number) => (head.flags & flag) !== 0;
  const told = words(take(head.argumentsLen));
  const environment = words(take(head.environmentLen));
  if (at > bytes.length) return null;
  return {
    exe,
    target,
    targetPid: head.targetPid === 0 ? null : head.targetPid,
    ancestors,
    arguments: hasFlag(FLAGS.noArguments) ? null : told,
    argumentBytes: head.argumentsBytes,
    argumentsCut: head.argumentsLen < head.argumentsBytes,
    environment,
    environmentCut: hasFlag(FLAGS.environmentCut),
    pathsCut: hasFlag(FLAGS.pathCut),
  };
}

/** Texts that end with a zero each; the last one may have lost it. */
function words(text: ByteString): ByteString[] {
  if (text === "") return [];
  return (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
}
