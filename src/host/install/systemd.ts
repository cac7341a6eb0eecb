/**
 * systemd, by way of systemctl.
 *
 * @module
 */

import { ExitCode } from "../../cli/exit.ts";
import { UserError } from "../../errors.ts";
import { lstat } from "./files.ts";
import { SYSTEMD, UNIT_NAME } from "./places.ts";
import { output, type Run } from "./run.ts";

/** What systemd knows of the service. */
export interface ServiceState {
  /** `active`, `activating`, `reloading`, `inactive`, `failed`, … */
  active: string;
  /** `enabled`, `disabled`, `masked`, … or empty when there is no unit. */
  file: string;
  /** What systemd read from the unit is not what the file says now. */
  stale: boolean;
}

/** Whether systemd runs this machine. In a chroot or an image it doesn't. */
export async function systemdRuns(): Promise<boolean> {
  return await lstat(SYSTEMD) !== null;
}

/**
 * Asks systemd for the service.
 *
 * @param run Starts systemctl.
 * @returns Its state.
 * @throws {UserError} When systemctl fails.
 */
export async function serviceState(run: Run = output): Promise<ServiceState> {
  const properties = "ActiveState,UnitFileState,NeedDaemonReload";
  const { out } = await call(run, ["show", UNIT_NAME, `--property=${properties}`]);
  const values = new Map(
    out.split("\n").map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)] as const;
    }),
  );
  return {
    active: values.get("ActiveState") ?? "inactive",
    file: values.get("UnitFileState") ?? "",
    stale: values.get("NeedDaemonReload") === "yes",
  };
}

/**
 * Runs systemctl.
 *
 * @param args Its arguments.
 * @param run Starts it.
 * @throws {UserError} When it fails.
 */
export async function systemctl(args: readonly string[], run: Run = output): Promise<void> {
  await call(run, args);
}

/** Whether a service in that state runs, or is about to. */
export function isUp({ active }: ServiceState): boolean {
  return ["active", "activating", "reloading"].includes(active);
}

async function call(run: Run, args: readonly string[]) {
  const command = `systemctl ${args.join(" ")}`;
  const answer = await run("systemctl", ["--no-pager", ...args]);
  if (answer?.code === 0) return answer;
  const why = answer?.err.trim().split("\n")[0] || "it failed without a word";
  throw new UserError(`cannot run ${command}`, answer ? why : "there is no systemctl", {
    exit: ExitCode.host,
    hint: `see: journalctl --unit ${UNIT_NAME}`,
  });
}
