/**
 * Files that decide what may run: whoever can write one permits what he likes. So they have to be
 * root's, or those of the user who reads them, and nobody else's to write.
 *
 * @module
 */

/** Write permission for the group or for everybody. */
const OTHERS_WRITE = 0o022;

/**
 * Why a file isn't safe from others, and what to do about it.
 *
 * @param path The file, for the hint.
 * @param info What is known of it.
 * @param reader The user who reads it.
 * @returns Nothing when it is safe.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unsafe("/a", { uid: 0, mode: 0o100644 }, 0), undefined);
 * assertEquals(unsafe("/a", { uid: 0, mode: 0o100664 }, 0)?.hint, "chmod go-w /a");
 * ```
 */
export function unsafe(
  path: string,
  { uid, mode }: Pick<Deno.FileInfo, "uid" | "mode">,
  reader: number | null,
): { why: string; hint: string } | undefined {
  if (uid !== 0 && uid !== reader) {
    const why = `it belongs to uid ${uid}, who could permit anything`;
    return { why, hint: `chown root ${path}` };
  }
  if ((mode! & OTHERS_WRITE) === 0) return;
  const why = `others may write it (mode ${
    (mode! & 0o7777).toString(8)
  }), and could permit anything`;
  return { why, hint: `chmod go-w ${path}` };
}

/** A file and whether somebody else could have written it. */
export interface SafelyRead {
  /** What is in it. */
  bytes: Uint8Array;
  /** Why it isn't safe from others, and what to do about it. */
  unsafe?: { why: string; hint: string };
}

/**
 * Reads a file, and looks at whose the very file is that was read. Devices and pipes are nobody's
 * to keep anything in.
 *
 * @param path The file.
 * @returns What is in it.
 * @throws {Error} What opening and reading throws.
 */
export async function readSafely(path: string): Promise<SafelyRead> {
  using file = await Deno.open(path);
  const info = await file.stat();
  const bytes = new Uint8Array(await new Response(file.readable).arrayBuffer());
  const found = info.isFile ? unsafe(path, info, Deno.uid()) : undefined;
  return { bytes, ...found && { unsafe: found } };
}
