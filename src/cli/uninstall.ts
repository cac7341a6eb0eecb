/**
 * `linprov uninstall`: removes linprov from this host.
 *
 * @module
 */

import { leftBehind, PIN_FOLDER } from "../daemon/pins.ts";
import { release } from "../daemon/release.ts";
import { STATE_FOLDER } from "../daemon/state.ts";
import { loadSettings } from "../config/load.ts";
import { DEFAULTS } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import { EXAMPLE_NAMES } from "../host/install/example_names.ts";
import { lstat, remove, removeEmpty } from "../host/install/files.ts";
import { rememberedFolders } from "../host/install/made_folders.ts";
import { removeMarks } from "../host/install/marks.ts";
import { requireUnpackaged } from "../host/install/packages.ts";
import {
  BINARY,
  CACHE,
  CONFIG_FOLDER,
  examplePath,
  EXTRAS,
  NEW_BINARY,
  OLD_BINARY,
  RUNTIME,
  UNIT,
  UNIT_CHANGES,
  UNIT_NAME,
} from "../host/install/places.ts";
import type { Plan } from "../host/install/plan.ts";
import { isUp, serviceState, systemctl, systemdRuns } from "../host/install/systemd.ts";
import { StoreError } from "../marks/store_error.ts";
import { carryOut, requireRoot } from "./carry_out.ts";
import { type CommandContext, flagOn, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { connectToDaemon } from "./install_binary.ts";

const WHAT = "cannot uninstall linprov";

/** Below it are folders for other programs; those that `setup` made go when they are empty. */
const SHARE = "/usr/local/share";

/** Ends the service and removes everything that `setup` and the daemon made. */
export const handler: Handler = async (context) => {
  requireRoot(context, WHAT);
  await requireUnpackaged(WHAT, [BINARY, UNIT, ...Object.values(EXTRAS)]);
  const shared = [...Object.values(EXTRAS), ...EXAMPLE_NAMES.map(examplePath)];
  const keepState = flagOn(context, "keep-state");
  const plan: Plan = { steps: [], notes: [], exit: ExitCode.ok };
  await planService(plan, keepState, context);
  if (leftBehind() !== null) {
    plan.steps.push({
      text: `remove ${PIN_FOLDER}, should anything be left there`,
      run: async () => void await release(),
    });
  }
  if (!keepState) await planMarks(plan, context);
  const made = await rememberedFolders();
  const isOthers = (folder: string) => Promise.resolve(!made.has(folder));
  for (const path of shared) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    await planPath(plan, path, () => removeEmpty(folder, SHARE, isOthers));
  }
  const state = keepState ? [] : [STATE_FOLDER, CONFIG_FOLDER];
  // The program last: until then it can be called again.
  for (const path of [RUNTIME, ...state, CACHE, NEW_BINARY, OLD_BINARY, BINARY]) {
    await planPath(plan, path);
  }
  if (keepState) {
    plan.notes.push(`${CONFIG_FOLDER}, ${STATE_FOLDER} and the marks on files stay`);
  }
  return await carryOut(plan, context);
};

async function planPath(plan: Plan, path: string, after?: () => Promise<void>): Promise<void> {
  if (!await lstat(path)) return;
  plan.steps.push({
    text: `remove ${path}`,
    run: async () => {
      await remove(path);
      await after?.();
    },
  });
}

async function planService(
  plan: Plan,
  keepState: boolean,
  context: CommandContext,
): Promise<void> {
  const booted = await systemdRuns();
  const up = booted && isUp(await serviceState());
  if (!up && await daemonRuns(context)) {
    throw new UserError(WHAT, "a linprov runs that systemd doesn't know", {
      exit: ExitCode.host,
      hint: "end it first",
    });
  }
  if (await lstat(UNIT)) {
    const now = booted ? ["--now"] : [];
    plan.steps.push({
      text: `${booted ? "stop and " : ""}disable ${UNIT_NAME}`,
      run: () => systemctl(["disable", "--quiet", ...now, UNIT_NAME]),
    });
  }
  const before = plan.steps.length;
  await planPath(plan, UNIT);
  if (!keepState) await planPath(plan, UNIT_CHANGES);
  if (!booted || plan.steps.length === before) return;
  plan.steps.push({
    text: "have systemd forget it",
    run: async () => {
      await systemctl(["daemon-reload"]);
      // It complains when there is nothing to forget.
      await systemctl(["reset-failed", UNIT_NAME]).catch(() => {});
    },
  });
}

/** Without its store, linprov would take what is marked for marked by somebody else. */
async function planMarks(plan: Plan, { env, out }: CommandContext): Promise<void> {
  const settings = await loadSettings(new Map(), env).catch(() => null);
  const store = settings?.settings.hashDb ?? DEFAULTS.hashDb;
  if (!await lstat(store)) return;
  plan.steps.push({
    text: "take the marks off files",
    run: () => {
      try {
        const { removed, missed } = removeMarks(store);
        const rest = missed > 0 ? `, ${missed} files are no longer where they were` : "";
        out.print(`marks taken off: ${removed}${rest}\n`);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        out.print(`marks stay on files: ${error.message}\n`);
      }
    },
  });
}

async function daemonRuns(context: CommandContext): Promise<boolean> {
  using client = await connectToDaemon(context);
  return client !== undefined;
}
