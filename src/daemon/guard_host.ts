/**
 * Whether the running kernel can do what guards are to cover.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import type { Btf } from "../host/btf.ts";
import { hasHook, type Probed, probeOptional, readKernelBtf } from "../host/probe.ts";
import {
  GUARD_NAMES,
  type GuardName,
  guardOperations,
  type GuardSetting,
} from "../policy/guards.ts";
import { programsFor } from "./guard_table.ts";

/**
 * The operations of a guard that this kernel has no hook for.
 *
 * @param btf The kernel's types.
 * @param name The guard.
 * @param operations What it is to cover.
 * @returns Each with what is missing; empty when nothing is.
 */
export function uncovered(
  btf: Btf,
  name: GuardName,
  operations: readonly string[],
): { operation: string; missing: string[] }[] {
  const has = (name: string) => btf.hasFunction(name);
  return operations.flatMap((operation) => {
    const missing = programsFor(name, [operation], has)
      .filter(({ section }) => !hasHook(btf, section)).map(({ section }) => section);
    return missing.length > 0 ? [{ operation, missing }] : [];
  });
}

/**
 * Fails when a guard is to cover what this kernel can't tell.
 *
 * @param guards All that are to be on.
 * @param readBtf Reads the kernel's types.
 * @throws {UserError} With exit code 4, naming the operation.
 */
export function requireGuards(
  guards: readonly GuardSetting[],
  readBtf: () => Btf = readKernelBtf,
): void {
  if (guards.length === 0) return;
  const btf = readBtf();
  for (const { name, operations } of guards) {
    const [first] = uncovered(btf, name, operations);
    if (!first) continue;
    const { operation, missing } = first;
    const why = `this kernel has no ${missing.join(", ")}, which ${operation} needs`;
    throw new UserError(`cannot guard ${name}`, why, {
      exit: ExitCode.host,
      hint: `leave it out: allow = ["${operation}"] below [guard.${name}]`,
    });
  }
}

/** What `linprov doctor` says of the guards: enforcement works without them. */
export function probeGuards(readBtf: () => Btf = readKernelBtf): Probed {
  return probeOptional(
    "guards",
    "can't guard",
    readBtf,
    (btf) =>
      GUARD_NAMES.flatMap((name) =>
        uncovered(btf, name, guardOperations(name)).map(({ operation }) => `${name} ${operation}`)
      ),
  );
}
