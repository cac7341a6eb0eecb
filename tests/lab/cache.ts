/**
 * The lab's cache: things that are slow to make (kernels, the root image), each in a folder named
 * after a hash of what it is made from, so that a changed recipe is a new folder.
 *
 * @module
 */

/**
 * The folder that holds everything the lab keeps between runs.
 *
 * @returns an absolute path; it may not exist yet
 */
export function cacheDir(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") || "/root"}/.cache`;
  return `${base}/linprov-lab`;
}

/**
 * Returns the cached result of a recipe, making it if it isn't there. Two processes that ask at
 * once make it once: the second waits. A build that dies leaves nothing behind that counts.
 *
 * @param name what it is, as in `root` or `kernel-6.12`
 * @param recipe everything the result depends on
 * @param make fills the empty folder it is given
 * @returns the folder with the result
 */
export async function cached(
  name: string,
  recipe: unknown,
  make: (dir: string) => Promise<void>,
): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(recipe));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const done = `${cacheDir()}/${name}-${digest.slice(0, 8).toHex()}`;
  if (await exists(done)) return done;
  await Deno.mkdir(cacheDir(), { recursive: true });
  using lock = await Deno.open(`${cacheDir()}/${name}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await exists(done)) return done;
  const building = `${done}.building`;
  await Deno.remove(building, { recursive: true }).catch(() => {});
  await Deno.mkdir(building);
  const start = performance.now();
  console.error(`lab: making ${name} (once; it is cached)`);
  await make(building);
  await Deno.rename(building, done);
  console.error(`lab: ${name} made in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return done;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
