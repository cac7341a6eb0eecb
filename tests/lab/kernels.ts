/**
 * The kernels under test: Debian's cloud kernels, each with an initrd that mounts the root disk
 * and a disk with its modules.
 *
 * @module
 */

import { AptView } from "./apt.ts";
import { cached } from "./cache.ts";
import { cpio, type CpioEntry } from "./cpio.ts";
import { run } from "./process.ts";

/** The suites that carry each kernel, the one to take it from last. */
const SUITES = {
  "6.1": ["bookworm"],
  "6.12": ["trixie"],
  "7.3": ["trixie-backports"],
} as const;

/** A kernel line linprov supports and the lab boots. */
export type KernelName = keyof typeof SUITES;

/** All kernels, oldest first. */
export const KERNELS = Object.keys(SUITES) as KernelName[];

/** The kernel a person gets who doesn't choose. */
export const DEFAULT_KERNEL: KernelName = "6.12";

/** A kernel that is ready to boot. */
export interface Kernel {
  /** Its line, as in `6.12`. */
  name: KernelName;
  /** What `uname -r` says in it. */
  release: string;
  /** Path of the compressed kernel. */
  vmlinuz: string;
  /** Path of the initrd. */
  initrd: string;
  /** Path of a raw ext4 image of `/lib/modules`. */
  modules: string;
}

/** What the initrd must load before it can mount the root disk. */
const BOOT_MODULES = ["virtio_pci", "virtio_blk", "ext4"];

const STAGE1 = new URL("guest/stage1.c", import.meta.url).pathname;

/**
 * Downloads and prepares a kernel, or finds it in the cache.
 *
 * @param name which
 * @returns where its parts are
 * @throws {Error} if its packages can't be had
 */
export async function kernel(name: KernelName): Promise<Kernel> {
  const recipe = {
    version: 1,
    suites: SUITES[name],
    BOOT_MODULES,
    stage1: await Deno.readTextFile(STAGE1),
  };
  const dir = await cached(`kernel-${name}`, recipe, (dir) => make(name, dir));
  const release = (await Deno.readTextFile(`${dir}/release`)).trim();
  return {
    name,
    release,
    vmlinuz: `${dir}/vmlinuz`,
    initrd: `${dir}/initrd`,
    modules: `${dir}/modules.ext4`,
  };
}

async function make(name: KernelName, dir: string): Promise<void> {
  const debs = `${dir}/debs`;
  const tree = `${dir}/tree`;
  await Deno.mkdir(debs);
  const view = new AptView(SUITES[name]);
  await view.download(await kernelPackages(view), debs);
  for await (const entry of Deno.readDir(debs)) {
    await run("dpkg", ["-x", `${debs}/${entry.name}`, tree]);
  }
  const lib = await firstDir(`${tree}/usr/lib/modules`, `${tree}/lib/modules`);
  const release = await onlyEntry(lib);
  const modules = `${lib}/${release}`;
  await Deno.copyFile(
    await firstFile(`${tree}/boot/vmlinuz-${release}`, `${modules}/vmlinuz`),
    `${dir}/vmlinuz`,
  );
  // depmod wants the folder's usual name.
  const base = `${dir}/base`;
  await Deno.mkdir(`${base}/lib/modules`, { recursive: true });
  await Deno.rename(modules, `${base}/lib/modules/${release}`);
  await run("depmod", ["-b", base, release]);
  await Deno.writeFile(
    `${dir}/initrd`,
    cpio(await initrd(`${base}/lib/modules/${release}`, dir)),
  );
  await run(
    "mke2fs",
    ["-q", "-t", "ext4", "-m", "0", "-O", "^has_journal", "-d"]
      .concat([`${base}/lib/modules`, `${dir}/modules.ext4`, "400M"]),
  );
  await Deno.writeTextFile(`${dir}/release`, release + "\n");
  for (const part of [debs, tree, base]) await Deno.remove(part, { recursive: true });
}

/** The packages that hold the kernel proper: the meta package's closure, without tools. */
async function kernelPackages(view: AptView): Promise<string[]> {
  const found = new Set<string>();
  const queue = ["linux-image-cloud-amd64"];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const next of await view.depends(name)) {
      if (found.has(next) || !/^linux-(image|binary|modules)-\d/.test(next)) continue;
      found.add(next);
      queue.push(next);
    }
  }
  return [...found];
}

async function initrd(modules: string, dir: string): Promise<CpioEntry[]> {
  await run("gcc", [
    "-Os",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-static",
    "-o",
    `${dir}/stage1`,
    STAGE1,
  ]);
  const entries: CpioEntry[] = [{
    path: "init",
    mode: 0o100755,
    data: await Deno.readFile(`${dir}/stage1`),
  }];
  for (const path of ["dev", "proc", "root", "modules"]) entries.push({ path, mode: 0o040755 });
  for (const [index, path] of (await loadOrder(modules)).entries()) {
    const number = String(index).padStart(2, "0");
    entries.push({
      path: `modules/${number}`,
      mode: 0o100644,
      data: await uncompressed(`${modules}/${path}`),
    });
  }
  return entries;
}

/** The module files to load, dependencies first, those built in left out. */
async function loadOrder(modules: string): Promise<string[]> {
  const needs = new Map<string, string[]>();
  for (const line of (await Deno.readTextFile(`${modules}/modules.dep`)).split("\n")) {
    const [path, rest] = line.split(":");
    if (path) needs.set(path, rest?.split(" ").filter(Boolean) ?? []);
  }
  const byName = new Map([...needs.keys()].map((path) => [moduleName(path), path]));
  const order: string[] = [];
  const add = (path: string) => {
    if (order.includes(path)) return;
    needs.get(path)?.forEach(add);
    order.push(path);
  };
  for (const name of BOOT_MODULES) {
    const path = byName.get(name);
    if (path) add(path);
  }
  // ext4 reaches its checksum through the crypto API, which depmod can't know.
  for (const [name, path] of byName) if (name === "crc32c_generic") add(path);
  return order;
}

function moduleName(path: string): string {
  const base = path.split("/").pop() ?? path;
  return base.split(".")[0]!.replaceAll("-", "_");
}

async function uncompressed(path: string): Promise<Uint8Array> {
  if (path.endsWith(".xz")) await run("xz", ["-dk", path]);
  else if (path.endsWith(".zst")) await run("zstd", ["-dqk", path]);
  else return await Deno.readFile(path);
  return await Deno.readFile(path.replace(/\.[^.]+$/, ""));
}

async function firstDir(...paths: string[]): Promise<string> {
  return await first(paths, (info) => info.isDirectory);
}

async function firstFile(...paths: string[]): Promise<string> {
  return await first(paths, (info) => info.isFile);
}

async function first(paths: string[], fits: (info: Deno.FileInfo) => boolean): Promise<string> {
  for (const path of paths) {
    try {
      if (fits(await Deno.stat(path))) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error(`Cannot find any of ${paths.join(", ")} in the kernel packages`);
}

async function onlyEntry(dir: string): Promise<string> {
  const names = [];
  for await (const entry of Deno.readDir(dir)) names.push(entry.name);
  if (names.length !== 1) throw new Error(`Cannot tell the kernel's release from ${names}`);
  return names[0]!;
}
