/**
 * Whether this host's kernel can tell what is in a file, so that rules may name
 * it by its SHA-256.
 *
 * @module
 */

import { errnoText } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { readFile } from "../../ffi/libc.ts";
import { LibraryMissing } from "../../ffi/library_missing.ts";
import { kernelHasFunction } from "../../ffi/kernel_functions.ts";
import { type Answer, probeBpfFilesystem } from "./probe.ts";

/**
 * The first release of 6.1 in which a program that sleeps doesn't make the
 * kernel skip others; all from 6.2 on are fine.
 */
const FIRST_SAFE_6_1 = 54;

/** What is asked of the host. */
export interface DigestHost {
  /** As uname -r says. */
  release: string;
  /** As /proc/version says: distributions have the release they are made of there. */
  version: string;
  /** The kernel's command line. */
  commandLine: string;
  /** Where programs are kept for who sleeps in one while linprov is replaced. */
  bpfFilesystem: Answer;
  hasFunction: (name: string) => boolean;
}

/**
 * Whether the kernel can work out SHA-256 digests.
 *
 * @param read What the host says; read when it is wanted.
 */
export function probeDigests(read: () => DigestHost = thisHost): Answer {
  try {
    return judge(read());
  } catch (error) {
    const isMissing = error instanceof LibraryMissing || error instanceof Deno.errors.NotFound;
    if (isMissing) return { state: "untested", detail: error.message };
    if (!(error instanceof BpfError)) throw error;
    return { state: "untested", detail: `${error.action}: ${errnoText(error.errno)}` };
  }
}

function judge(host: DigestHost): Answer {
  const { release, version, commandLine, bpfFilesystem, hasFunction } = host;
  if (isUnsafe(release, version)) {
    return {
      state: "unsupported",
      detail: `on Linux ${release} a program that sleeps may have another one skipped`,
      fix: `use Linux 6.1.${FIRST_SAFE_6_1} or newer`,
    };
  }
  if (!hasFunction("ima_file_hash")) {
    return {
      state: "unsupported",
      detail: "the kernel lacks ima_file_hash",
      fix: "use a kernel built with CONFIG_IMA (Debian's are)",
    };
  }
  if (bpfFilesystem.state === "unsupported") {
    return { ...bpfFilesystem, detail: "there is no BPF filesystem on /sys/fs/bpf" };
  }
  if (bpfFilesystem.state === "untested") return bpfFilesystem;
  // The last one on the command line holds; without any it is what the kernel was built with.
  const algorithm = [...commandLine.matchAll(/(?:^|\s)ima_hash=(\S+)/g)].at(-1)?.[1];
  if (algorithm !== undefined && algorithm !== "sha256") {
    return {
      state: "unsupported",
      detail: `the kernel hashes files with ${algorithm}`,
      fix: "boot with ima_hash=sha256",
    };
  }
  return { state: "supported", detail: "SHA-256" };
}

/** Whether it is a 6.1 of before the fix. A distribution's own release has 6.1.0 in front. */
function isUnsafe(release: string, version: string): boolean {
  if (!/^6\.1\./.test(release)) return false;
  const found = [...`${release} ${version}`.matchAll(/\b6\.1\.(\d+)/g)];
  return !found.some(([, patch]) => Number(patch) >= FIRST_SAFE_6_1);
}

function thisHost(): DigestHost {
  const text = (path: string) => new TextDecoder().decode(readFile(path));
  return {
    release: Deno.osRelease(),
    version: text("/proc/version"),
    commandLine: text("/proc/cmdline"),
    bpfFilesystem: probeBpfFilesystem(),
    hasFunction: kernelHasFunction,
  };
}
