/**
 * Whether standard error goes to systemd's journal, which keeps time and
 * priority by itself.
 *
 * @module
 */

import { FileDescriptor, status } from "../../ffi/libc.ts";

/** What tells one stream from another. */
export interface StreamIdentity {
  /** Device as the kernel keeps it in s_dev: major << 20 | minor. */
  dev: number;
  /** Inode number. */
  ino: bigint;
}

/**
 * Tells whether a stream is the one that JOURNAL_STREAM names. The variable
 * alone proves nothing: it is inherited, also by whose output was redirected.
 *
 * @param journalStream The variable: device and inode number as stat(2) has
 * them, with a colon between them.
 * @param stream The stream.
 * @returns Whether it is.
 */
export function isJournalStream(
  journalStream: string | undefined,
  { dev, ino }: StreamIdentity,
): boolean {
  const [, device, inode] = /^(\d+):(\d+)$/.exec(journalStream ?? "") ?? [];
  if (device === undefined || inode === undefined) return false;
  const number = Number(device);
  const major = (number >>> 8) & 0xfff;
  const minor = (number & 0xff) | ((number >>> 12) & 0xfff00);
  return (major << 20 | minor) >>> 0 === dev && BigInt(inode) === ino;
}

/** Whether standard error goes to the journal. */
export function stderrIsJournal(): boolean {
  const journalStream = Deno.env.get("JOURNAL_STREAM");
  // Not disposed of: that would close standard error.
  return !!journalStream && isJournalStream(journalStream, status(new FileDescriptor(2)));
}
