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
 * @returns The folders that were made.
 */
export async function replaceFile(path: string, text: string, mode: number): Promise<string[]> {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, slash) || "/";
  const made = makeFolder(folder);
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
  return made;
}

/**
 * Makes the missing folders of a path, for everybody to read.
 *
 * @param folder The path.
 * @returns Those that were missing, the lowest first.
 */
export function makeFolder(folder: string): string[] {
  const missing: string[] = [];
  for (let at = folder; at !== "" && !exists(at); at = at.slice(0, at.lastIndexOf("/"))) {
    missing.push(at);
  }
  const umask = Deno.umask(0o022);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o755 });
  } finally {
    Deno.umask(umask);
  }
  return missing;
}

/** Whether something has this path. */
export function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
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
