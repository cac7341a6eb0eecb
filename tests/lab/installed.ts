/**
 * The root filesystem with this clone's linprov installed and unpacked, as on a machine where it has
 * run before: unpacking takes an emulated CPU ten seconds, which each boot would pay again.
 *
 * @module
 */

import { boot } from "./boot.ts";
import { rootImage } from "./image.ts";
import { DEFAULT_KERNEL, kernel } from "./kernels.ts";
import { run } from "./process.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const PROGRAM = `${ROOT}linprov`;
const FOLDER = `${ROOT}build/lab/installed`;
const INSTALL = new URL("guest/install.sh", import.meta.url).pathname;

/**
 * Makes the image in a guest, once for each build of linprov.
 *
 * @returns the path of a raw ext4 image; without ./linprov, the plain root image
 * @throws {Error} if linprov can't even say its version in a guest
 */
export async function rootWithLinprov(): Promise<string> {
  const root = await rootImage();
  const program = await Deno.readFile(PROGRAM).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (!program) return root;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", program));
  const image = `${FOLDER}/${digest.slice(0, 8).toHex()}-${root.split("/").at(-2)}.ext4`;
  const isThere = () => Deno.stat(image).then(() => true, () => false);
  if (await isThere()) return image;
  // Of two that start at the same time, the second waits.
  await Deno.mkdir(`${ROOT}build/lab`, { recursive: true });
  using lock = await Deno.open(`${FOLDER}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (await isThere()) return image;
  // Only the latest build's image is worth its space.
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  await Deno.mkdir(FOLDER, { recursive: true });
  console.error("lab: installing linprov in the root image");
  const disk = `${FOLDER}/new.ext4`;
  await run("cp", ["--sparse=always", root, disk]);
  const verdict = await boot({
    kernel: await kernel(DEFAULT_KERNEL),
    scenarios: [{ name: "install", deadline: 120 }],
    root: disk,
    logs: FOLDER,
    number: 1,
    files: { "kernel/install.sh": INSTALL, "bin/linprov": PROGRAM },
  });
  const result = verdict.results[0];
  if (!result?.ok || verdict.fault) {
    const why = [verdict.fault ?? result?.why, ...result?.output ?? []].filter(Boolean);
    throw new Error(`Cannot install linprov in the root image: ${why.join("\n")}`);
  }
  await Deno.rename(disk, image);
  return image;
}
