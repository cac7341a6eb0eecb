/**
 * Makes sure this machine has a QEMU that emulates correctly.
 *
 * @module
 */

import { AptView } from "./apt.ts";
import { capture, runAsRoot } from "./process.ts";

/** The emulator the lab runs. */
export const QEMU = "qemu-system-x86_64";

/** Debian 12's own 7.2 corrupts flags and ends one boot in ten in a double fault. */
const FIRST_GOOD = 8;

/**
 * Installs QEMU if it is missing or too old.
 *
 * @throws {Error} if no good version can be installed
 */
export async function ensureQemu(): Promise<void> {
  const before = await installedMajor();
  if (before !== undefined && before >= FIRST_GOOD) return;
  console.error("lab: installing QEMU");
  const osRelease = await Deno.readTextFile("/etc/os-release");
  const package_ = ["qemu-system-x86"];
  if (/^VERSION_CODENAME=bookworm$/m.test(osRelease)) {
    const suite = "bookworm-backports";
    await new AptView([suite], { withHost: true }).install(package_, suite);
  } else {
    const quietly = ["-q", "-y", "--no-install-recommends"];
    await runAsRoot("apt-get", ["install", ...quietly, ...package_]);
  }
  const after = await installedMajor();
  if (after === undefined || after < FIRST_GOOD) {
    throw new Error(`Cannot use QEMU ${after ?? "(none)"}: ${FIRST_GOOD} or later is needed`);
  }
}

async function installedMajor(): Promise<number | undefined> {
  try {
    const text = await capture(QEMU, ["--version"]);
    return Number(/version (\d+)/.exec(text)?.[1]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

if (import.meta.main) await ensureQemu();
