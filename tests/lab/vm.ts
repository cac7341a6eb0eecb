/**
 * One guest: QEMU without hardware acceleration, a fresh root disk, no network but its loopback.
 *
 * @module
 */

import type { Kernel } from "./kernels.ts";
import { QEMU } from "./qemu.ts";

/** How to boot a guest. */
export interface VmOptions {
  /** The kernel. */
  kernel: Kernel;
  /** Raw root image, left untouched: the guest's writes are dropped when it ends. */
  root: string;
  /** Write to the root image after all; for guests that boot the same disk again. */
  persistent?: boolean;
  /** Raw ext4 image mounted read-only at /lab. */
  payload: string;
  /** Variables for the guest, each named `LAB_…`, without blanks. */
  variables?: Record<string, string>;
  /** File that gets the guest's console. */
  console: string;
  /** Give the guest's console to this process's terminal, instead of the result port. */
  interactive?: boolean;
  /**
   * One CPU whose clock counts instructions: a nanosecond is an instruction, so times measured in
   * the guest repeat whatever else this machine does.
   */
  counting?: boolean;
  /** CPUs, 2 unless given. A counting guest has one. */
  cpus?: number;
  /** Memory in MiB; 1024 by default. */
  memory?: number;
}

/**
 * What an emulated machine need not spend its time on. Together with a CPU without wide vectors and
 * with room for translated code (in MiB), this halves what a scenario takes.
 */
const QUICK = [
  "mitigations=off",
  "init_on_alloc=0",
  "hardened_usercopy=off",
  "rcupdate.rcu_expedited=1",
  "transparent_hugepage=always",
];

/** A guest that is running. */
export class Vm implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #piped: boolean;

  /**
   * Boots a guest.
   *
   * @param options which kernel and disks
   */
  constructor(options: VmOptions) {
    this.#piped = !options.interactive;
    // However this process ends, no guest outlives it.
    this.#child = new Deno.Command("setpriv", {
      args: ["--pdeathsig", "KILL", QEMU, ...arguments_(options)],
      stdin: options.interactive ? "inherit" : "null",
      stdout: options.interactive ? "inherit" : "piped",
      stderr: "inherit",
    }).spawn();
  }

  /** The lines the guest prints on its result port; ends when the guest ends. */
  async *lines(): AsyncGenerator<string> {
    if (!this.#piped) return;
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest) yield rest;
  }

  /** Settles when the guest has ended; the code is QEMU's. */
  get ended(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Ends the guest at once, as a power cut would. */
  kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It ended by itself meanwhile.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  /** Ends the guest if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.ended;
  }
}

function arguments_(options: VmOptions): string[] {
  const { kernel, variables = {} } = options;
  const disk = (name: string, file: string, extra: string) => [
    "-drive",
    `if=none,id=${name},format=raw,file=${file},${extra}`,
    "-device",
    `virtio-blk-pci,drive=${name}`,
  ];
  const words = [
    "console=ttyS0",
    "quiet",
    // Warnings of the kernel belong in the log, its chatter doesn't.
    options.interactive ? "loglevel=1" : "loglevel=5",
    "panic=-1",
    "oops=panic",
    // A busy host makes an emulated CPU look stuck.
    "nowatchdog",
    "rcupdate.rcu_cpu_stall_suppress=1",
    // Nor does its timer always tick within the ten ticks in which a kernel wants to see it.
    "no_timer_check",
    ...options.counting ? [] : QUICK,
    `LAB_KERNEL=${kernel.name}`,
    `LAB_RELEASE=${kernel.release}`,
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  ];
  const terminal = ["-chardev", "stdio,id=terminal,signal=off"];
  return [
    ...["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"],
    ...["-m", String(options.memory ?? 1024)],
    // Counted figures are those of a machine as it comes.
    ...options.counting
      ? ["-cpu", "max", "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-smp", "1"]
      : [
        "-cpu",
        "Nehalem",
        "-accel",
        "tcg,thread=multi,tb-size=1024",
        "-smp",
        String(options.cpus ?? 2),
      ],
    ...["-kernel", kernel.vmlinuz, "-initrd", kernel.initrd, "-append", words.join(" ")],
    // The guest finds its disks by this order.
    ...disk("root", options.root, `cache=unsafe,snapshot=${options.persistent ? "off" : "on"}`),
    ...disk("payload", options.payload, "read-only=on"),
    ...disk("modules", kernel.modules, "read-only=on"),
    ...terminal,
    ...options.interactive
      ? ["-serial", "chardev:terminal", "-serial", "null"]
      : ["-serial", `file:${options.console}`, "-serial", "chardev:terminal"],
  ];
}
