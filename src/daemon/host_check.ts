/**
 * Whether this host can run the daemon, in the words for a person.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import { probeDigests } from "../host/digests.ts";
import { type Answer, type Probed, probeHost } from "../host/probe.ts";

/** What each probe's "no" means for `run`. */
const WHATS: Readonly<Record<string, string>> = {
  "root": "cannot load the kernel programs",
  "kernel version": "cannot run on this kernel",
  "kernel BTF": "cannot run on this kernel",
  "BPF LSM": "cannot decide in this kernel",
  "libbpf": "cannot use libbpf",
};

/**
 * Fails with the first thing that this host lacks.
 *
 * @param answers The probes' answers.
 * @throws {UserError} With exit code 4.
 */
export function requireHost(answers: readonly Probed[] = probeHost()): void {
  // What could not be tested is not taken for a yes.
  const lacking = answers.find(({ name, state }) => name in WHATS && state !== "supported");
  if (!lacking) return;
  throw new UserError(WHATS[lacking.name]!, lacking.detail, {
    exit: ExitCode.host,
    hint: lacking.fix ?? "see everything that this host lacks: linprov doctor",
  });
}

/**
 * Fails where the SHA-256 of files can't be had.
 *
 * @param answer The probe's answer.
 * @throws {UserError} With exit code 4.
 */
export function requireDigests(answer: Answer = probeDigests()): void {
  if (answer.state === "supported") return;
  throw new UserError("cannot tell what is in files", answer.detail, {
    exit: ExitCode.host,
    hint: answer.fix ?? "take hashes, or sha256 in soak, out of the configuration",
  });
}
