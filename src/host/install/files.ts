/**
 * Files that appear, change and go in one step.
 *
 * @module
 */

/** What is at a path. */
export type Found =
  | { kind: "nothing" }
  | { kind: "file"; bytes: Uint8Array<ArrayBuffer> }
  /** A symbolic link, a folder, a device. */
  | { kind: "other" };

/**
 * Looks at a path; a symbolic link isn't followed.
 *
 * @param path The path.
 * @returns What is there.
 */
export async function look(path: string): Promise<Found> {
  const info = await lstat(path);
  if (!info) return { kind: "nothing" };
  return info.isFile ? { kind: "file", bytes: await Deno.readFile(path) } : { kind: "other" };
}

/**
 * The status of a path; a symbolic link isn't followed.
 *
 * @param path The path.
 * @returns Its status, or null when nothing is there.
 */
export async function lstat(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (isNothing(error)) return null;
    // Only root sees everything; others may still ask what root would do.
    if (error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  }
}

function isNothing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/**
 * Writes a file in one step: a crash leaves the old one or the new one. Its
 * folder is made when it is missing.
 *
 * @param path The file.
 * @param text What it is to hold.
 * @param mode Its permission bits, whatever the umask says.
 */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, slash) || "/";
  makeFolder(folder);
  const aside = `${folder}/.${path.slice(slash + 1)}.new`;
  await remove(aside);
  const bytes = new TextEncoder().encode(text);
  const file = await Deno.open(aside, { write: true, createNew: true, mode: 0o600 });
  try {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    await Deno.chmod(aside, mode);
    await file.sync();
  } finally {
    file.close();
  }
  await Deno.rename(aside, path);
  await syncFolder(folder);
}

/** Makes the missing folders of a path, for everybody to read. */
export function makeFolder(folder: string): void {
  const umask = Deno.umask(0o022);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  } finally {
    Deno.umask(umask);
  }
}

/**
 * Writes a folder's entries to disk.
 *
 * @param folder The folder.
 */
export async function syncFolder(folder: string): Promise<void> {
  using opened = await Deno.open(folder);
  await opened.sync();
}

/**
 * Removes what is at a path, with everything below it.
 *
 * @param path The path.
 * @returns Whether there was something.
 */
export async function remove(path: string): Promise<boolean> {
  try {
    await Deno.remove(path, { recursive: true });
    return true;
  } catch (error) {
    if (isNothing(error)) return false;
    throw error;
  }
}

/**
 * Removes a folder and those above it as long as they are empty.
 *
 * @param folder The folder.
 * @param end A folder above it, which stays.
 * @param stays Whether another one stays too, and with it what is above it.
 */
export async function removeEmpty(
  folder: string,
  end: string,
  stays: (folder: string) => Promise<boolean> = () => Promise.resolve(false),
): Promise<void> {
  for (let at = folder; at.startsWith(`${end}/`); at = at.slice(0, at.lastIndexOf("/"))) {
    if (await stays(at)) return;
    try {
      await Deno.remove(at);
    } catch {
      return;
    }
  }
}
