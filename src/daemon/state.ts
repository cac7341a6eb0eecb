/**
 * The files of a daemon: its folder and the host's key.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";

/** This host's key. */
export interface HostKey {
  /** 16 bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  /** It was drawn just now: this host had none. */
  isNew: boolean;
}

/** Where the store and the key are. */
export const STATE_FOLDER = "/var/lib/linprov";

/** Bytes of a SipHash key. */
const KEY_SIZE = 16;

/**
 * Makes sure of the state folder and reads the host's key, which is drawn the
 * first time. All hashes, and so all marks, depend on it.
 *
 * @param folder The state folder.
 * @returns The key.
 * @throws {UserError} When folder or key can't be used.
 */
export async function readHostKey(folder: string = STATE_FOLDER): Promise<HostKey> {
  const file = `${folder}/key`;
  let isNew = false;
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await Deno.chmod(folder, 0o700);
    const key = await Deno.readFile(file).catch(async (error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      isNew = true;
      return await drawKey(file);
    });
    if (key.byteLength === KEY_SIZE) return { bytes: key, isNew };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`cannot use the state folder ${folder}`, why, {
      exit: ExitCode.host,
      cause: error,
    });
  }
  throw new UserError(`cannot use the host key ${file}`, `it doesn't have ${KEY_SIZE} bytes`, {
    exit: ExitCode.host,
    hint: `restore it from a backup, or move ${folder} away to start anew: all marks are then ` +
      `of unknown origin`,
  });
}

/** Written aside and linked into place, so that no crash leaves half a key. */
async function drawKey(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = crypto.getRandomValues(new Uint8Array(KEY_SIZE));
  const aside = `${file}.${Deno.pid}`;
  const opened = await Deno.open(aside, { write: true, create: true, truncate: true, mode: 0o600 });
  try {
    await opened.write(key);
    await opened.sync();
  } finally {
    opened.close();
  }
  await Deno.rename(aside, file);
  return key;
}
