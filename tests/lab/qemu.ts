/**
 * Makes sure this machine has a QEMU that emulates correctly.
 *
 * @module
 */

import { AptView } from "./apt.ts";
import { capture } from "./process.ts";

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
  if (Deno.uid() !== 0) {
    throw new Error(
      `Cannot install QEMU ${FIRST_GOOD} or later: not root (found ${before ?? "none"})`,
    );
  }
  console.error("lab: installing QEMU");
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(await Deno.readTextFile("/etc/os-release"))?.[1];
  const suite = codename === "bookworm" ? "bookworm-backports" : codename ?? "";
  const view = suite === codename ? undefined : new AptView([suite], { withHost: true });
  if (view) await view.install(["qemu-system-x86"], suite);
  else {
    await capture("apt-get", ["install", "-q", "-y", "--no-install-recommends", "qemu-system-x86"]);
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
