/**
 * What this host can do. A probe has three answers, so that "could not be
 * tested" is never taken for either of the others. Nothing is loaded.
 *
 * @module
 */
import { Errno } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { libbpfVersion } from "../../ffi/libbpf.ts";
import { openFile, readFile, status } from "../../ffi/libc.ts";
import { LibraryMissing } from "../../ffi/library_missing.ts";
import { effectiveUid } from "../../ffi/process.ts";
import { securityModulesFix } from "./boot_loader.ts";
import { Btf } from "./btf.ts";
import { isFilesystem, Magic } from "./filesystem.ts";

/** The oldest kernel that linprov is made for. */
export const oldestKernel = "6.1";

const securityFolder = "/sys/kernel/security";
const bpfFolder = "/sys/fs/bpf";
const jitFile = "/proc/sys/net/core/bpf_jit_enable";
const btfFile = "/sys/kernel/btf/vmlinux";

/** The answer of a probe. */
export interface Answer {
  state: "supported" | "unsupported" | "untested";
  /** What was found, or why it could not be tested. */
  detail: string;
  /** What a person can do when it isn't supported or could not be tested. */
  fix?: string;
}

/** A probe's name and answer. */
export interface Probed extends Answer {
  name: string;
  /** Enforcement works without it. */
  optional?: boolean;
}

/**
 * What keeps this host from enforcing. What could not be tested is not taken
 * for a yes.
 *
 * @param answers The probes' answers.
 * @returns Those that aren't a yes, what is optional left out.
 */
export function lackingOf(answers: readonly Probed[]): Probed[] {
  return answers.filter(({ state, optional }) => state !== "supported" && !optional);
}

function supported(detail: string): Answer {
  return { state: "supported", detail };
}

function unsupported(detail: string, fix?: string): Answer {
  return { state: "unsupported", detail, fix };
}

function untested(detail: string, fix?: string): Answer {
  return { state: "untested", detail, fix };
}

function failure(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether this process is root. */
export function probeRoot(): Answer {
  const uid = effectiveUid();
  return uid === 0 ? supported("root") : unsupported(`running as uid ${uid}`, "run it with sudo");
}

/** Whether libbpf can be opened. */
export function probeLibbpf(version: () => string = libbpfVersion): Answer {
  try {
    return supported(`libbpf ${version()}`);
  } catch (error) {
    if (error instanceof LibraryMissing) return unsupported(error.message, error.fix);
    return untested(failure(error));
  }
}

/** Whether the kernel is new enough. */
export function probeKernelVersion(release: string = Deno.osRelease()): Answer {
  const order = compareVersions(release, oldestKernel);
  if (order === undefined) return untested(`the kernel calls itself ${release}`);
  if (order < 0) {
    return unsupported(
      `Linux ${release} is older than ${oldestKernel}`,
      `install Linux ${oldestKernel} or newer`,
    );
  }
  return supported(`Linux ${release}`);
}

/** Whether the kernel's type information can be read. */
export function probeKernelBtf(file: string = btfFile): Answer {
  try {
    // Megabytes: opened, not read.
    using types = openFile(file);
    return supported(`${file}: ${status(types).size} bytes`);
  } catch (error) {
    if (error instanceof BpfError && error.errno === Errno.ENOENT) {
      return unsupported(
        `${file} does not exist`,
        "use a kernel built with CONFIG_DEBUG_INFO_BTF (Debian's are)",
      );
    }
    return untested(failure(error));
  }
}

/**
 * Whether the kernel asks BPF programs for security decisions.
 *
 * @param folder Where securityfs is mounted.
 * @param root The root folder, where the boot loader's files are.
 */
export function probeBpfLsm(folder: string = securityFolder, root = ""): Answer {
  try {
    const active = readText(`${folder}/lsm`);
    if (active.split(",").includes("bpf")) return supported(`active: ${active}`);
    return unsupported(
      `active: ${active}, without bpf`,
      securityModulesFix(`${active},bpf`, root),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return securityMissing(folder);
    return untested(failure(error));
  }
}

/** Whether a locked-down kernel hides its memory from BPF programs. */
export function probeLockdown(folder: string = securityFolder): Answer {
  try {
    const levels = readText(`${folder}/lockdown`);
    if (levels.includes("[confidentiality]")) {
      return unsupported(
        "the kernel is locked down for confidentiality",
        "boot with lockdown=integrity or without lockdown=",
      );
    }
    return supported(levels);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return untested(failure(error));
    return isFilesystem(folder, Magic.security)
      ? supported("the kernel knows no lockdown")
      : securityMissing(folder);
  }
}

function securityMissing(folder: string): Answer {
  return untested(
    isFilesystem(folder, Magic.security)
      ? `securityfs on ${folder} does not tell`
      : `securityfs is not mounted on ${folder}`,
    `mount -t securityfs securityfs ${folder}`,
  );
}

/** Whether BPF programs are compiled: what loops in them can't be interpreted. */
export function probeJit(file: string = jitFile): Answer {
  try {
    const value = readText(file);
    if (value !== "0") return supported(`net.core.bpf_jit_enable is ${value}`);
    return unsupported(
      "net.core.bpf_jit_enable is 0",
      "sysctl -w net.core.bpf_jit_enable=1, and the same in /etc/sysctl.d",
    );
  } catch (error) {
    // Only the host's network namespace has it, and only a kernel built with CONFIG_BPF_JIT.
    return untested(
      error instanceof Deno.errors.NotFound
        ? "net.core.bpf_jit_enable does not exist here"
        : failure(error),
    );
  }
}

/**
 * Whether the kernel has the hooks that programs are to be attached to.
 *
 * @param sections Their sections: `lsm/NAME`, `tp_btf/NAME`.
 * @param readBtf Reads the kernel's types.
 */
export function probeHooks(
  sections: readonly string[],
  readBtf: () => Btf = readKernelBtf,
): Answer {
  try {
    const btf = readBtf();
    const missing = sections.filter((section) => !hasHook(btf, section));
    if (missing.length === 0) return supported(`all ${sections.length}`);
    return unsupported(
      `the kernel lacks ${missing.join(", ")}`,
      "use a kernel built with CONFIG_BPF_LSM, CONFIG_SECURITY_NETWORK and CONFIG_SECURITY_PATH",
    );
  } catch (error) {
    return untested(error instanceof Deno.errors.NotFound ? "no kernel BTF" : failure(error));
  }
}

/**
 * Whether the kernel has the hooks of something that enforcement works without.
 *
 * @param name What it is called.
 * @param cant What is said of a kernel without them, before what it lacks.
 * @param readBtf Reads the kernel's types.
 * @param lackingOf What can't be had with these types.
 */
export function probeOptional(
  name: string,
  cant: string,
  readBtf: () => Btf,
  lackingOf: (btf: Btf) => string[],
): Probed {
  const base = { name, optional: true };
  try {
    const lacking = lackingOf(readBtf());
    if (lacking.length === 0) return { ...base, ...supported("all can be used") };
    const detail = `this kernel ${cant} ${lacking.join(", ")}`;
    return { ...base, ...unsupported(detail, "leave them out, or use a newer kernel") };
  } catch (error) {
    const detail = error instanceof Deno.errors.NotFound ? "no kernel BTF" : String(error);
    return { ...base, ...untested(detail) };
  }
}

/**
 * Whether the kernel has what a program is attached to.
 *
 * @param section The program's section: `lsm/NAME`, `tp_btf/NAME`, `fentry/NAME`, `fexit/NAME`.
 */
export function hasHook(btf: Btf, section: string): boolean {
  const [kind, name = ""] = section.split("/");
  switch (kind) {
    case "tp_btf":
      return btf.find("typedef", `btf_trace_${name}`) !== undefined;
    case "fentry":
    case "fexit":
      return btf.hasFunction(name);
    default:
      return btf.hasFunction(`bpf_lsm_${name}`);
  }
}

/** Whether maps and links can be pinned. */
export function probeBpfFilesystem(folder: string = bpfFolder): Answer {
  try {
    if (isFilesystem(folder, Magic.bpf)) return supported(`mounted on ${folder}`);
    return unsupported(`not mounted on ${folder}`, `mount -t bpf bpf ${folder}`);
  } catch (error) {
    return untested(failure(error));
  }
}

function readText(file: string): string {
  return new TextDecoder().decode(readFile(file)).trim();
}

/**
 * Every probe of the host.
 *
 * @returns In the order in which a person would fix them.
 */
export function probeHost(): Probed[] {
  return [
    { name: "root", ...probeRoot() },
    { name: "kernel version", ...probeKernelVersion() },
    { name: "kernel BTF", ...probeKernelBtf() },
    { name: "BPF LSM", ...probeBpfLsm() },
    { name: "lockdown", ...probeLockdown() },
    { name: "BPF JIT", ...probeJit() },
    { name: "BPF filesystem", ...probeBpfFilesystem(), optional: true },
    { name: "libbpf", ...probeLibbpf() },
  ];
}

/**
 * Reads the running kernel's types.
 *
 * @throws {Deno.errors.NotFound} When the kernel has none.
 */
export function readKernelBtf(file: string = btfFile): Btf {
  return new Btf(readFile(file));
}

/** A kernel function that newer kernels have: a kfunc, or a hook as `bpf_lsm_NAME`. */
export interface KernelFunction {
  name: string;
  /** The first kernel that has it, e.g. `6.12`; from then on its absence is a fault. */
  since?: string;
}

/**
 * Whether the kernel has a function.
 *
 * @param release The kernel's release, e.g. `6.1.0-40-cloud-amd64`.
 */
export function probeFunction(
  btf: Btf,
  { name, since }: KernelFunction,
  release: string = Deno.osRelease(),
): Answer {
  if (btf.hasFunction(name)) return supported(name);
  if (since === undefined) return unsupported(`the kernel lacks ${name}`);
  const order = compareVersions(release, since);
  if (order === undefined || order < 0) {
    return unsupported(`the kernel lacks ${name}, which Linux ${since} has`);
  }
  return untested(`Linux ${release} should have ${name}, but does not list it`);
}

/**
 * Compares kernel releases by their first two numbers.
 *
 * @returns Negative when `a` is older; `undefined` when one isn't a release.
 */
export function compareVersions(a: string, b: string): number | undefined {
  const [left, right] = [a, b].map((text) => /^(\d+)\.(\d+)/.exec(text));
  if (!left || !right) return undefined;
  return Number(left[1]) - Number(right[1]) || Number(left[2]) - Number(right[2]);
}
