/**
 * `linprov upgrade`: replaces the installed linprov.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import {
  isMarked,
  ownBinary,
  sameContent,
  stage,
  swapBack,
  swapIn,
  versionOf,
} from "../host/install/binary.ts";
import { lstat, remove } from "../host/install/files.ts";
import { requireUnpackaged } from "../host/install/packages.ts";
import { BINARY, EXTRAS, OLD_BINARY, UNIT, UNIT_NAME } from "../host/install/places.ts";
import { type Plan, planFiles } from "../host/install/plan.ts";
import { passThrough } from "../host/install/run.ts";
import { isUp, serviceState, systemctl, systemdRuns } from "../host/install/systemd.ts";
import { carryOut, requireRoot } from "./carry_out.ts";
import type { CommandContext, Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { adoptByDaemon, delegate, extras } from "./install_binary.ts";

const WHAT = "cannot upgrade linprov";

/** Tries the new one, replaces the old one, and goes back if the service doesn't start. */
export const handler: Handler = async (context) => {
  requireRoot(context, WHAT);
  const from = await newBinary(context);
  if (!await lstat(BINARY)) {
    throw new UserError(WHAT, `${BINARY} does not exist`, {
      exit: ExitCode.host,
      hint: `install it with: ${from} setup`,
    });
  }
  await requireUnpackaged(WHAT, [BINARY, UNIT, ...Object.values(EXTRAS)]);
  if (await sameContent(from, BINARY) && !isMarked(BINARY)) {
    context.dropNetwork();
    // The rest of an upgrade that was interrupted.
    return await carryOut(delegate(await planFiles(extras()), context), context);
  }
  return await carryOut(await planUpgrade(from, context), context);
};

/** The program to install: the operand, or the one that runs. */
async function newBinary({ operands, env }: CommandContext): Promise<string> {
  const file = operands[0];
  const path = file === undefined ? ownBinary(env) : await realPath(file);
  if (path !== BINARY) return path;
  throw new UserError(WHAT, `${BINARY} is the installed one`, {
    exit: ExitCode.usage,
    hint: "name the new one: linprov upgrade FILE",
  });
}

async function realPath(file: string): Promise<string> {
  const fail = (why: string, cause?: unknown) =>
    new UserError(`${WHAT} from ${JSON.stringify(file)}`, why, { exit: ExitCode.usage, cause });
  try {
    const path = await Deno.realPath(file);
    // It is sent to the daemon in a line.
    if (path.includes("\n")) throw fail("its path has a line break");
    return path;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw fail("no such file", error);
    throw error;
  }
}

async function planUpgrade(from: string, context: CommandContext): Promise<Plan> {
  const before = await versionOf(BINARY).catch(() => "of unknown version");
  const restarts = await systemdRuns() && isUp(await serviceState());
  const steps: Plan["steps"] = [{
    text: `replace ${BINARY} (linprov ${before}) by ${from}`,
    run: async () => {
      const adopt = (from: string) => adoptByDaemon(context, from);
      const version = await stage({ from, adopt });
      context.out.print(`it is linprov ${version}, and runs here\n`);
      await swapIn();
      await orBack(context, restarts, async () => {
        await setUp();
        if (restarts) await restart(context);
      });
      await remove(OLD_BINARY);
    },
  }, { text: "bring the unit, the completions and the manual page up to date" }];
  if (restarts) {
    steps.push({
      text: `restart ${UNIT_NAME}, and go back to the old linprov if that fails`,
    });
  }
  return { steps, notes: [], exit: ExitCode.ok };
}

async function setUp(): Promise<void> {
  const code = await passThrough(BINARY, ["setup", "--yes"]);
  if (code === ExitCode.ok) return;
  throw new UserError(WHAT, `${BINARY} setup ended with ${code}`, { exit: ExitCode.host });
}

/** systemctl waits until the daemon says that it runs, or has failed. */
async function restart({ out }: CommandContext): Promise<void> {
  out.print(`restart ${UNIT_NAME}\n`);
  await systemctl(["restart", UNIT_NAME]);
}

async function orBack(
  context: CommandContext,
  restarts: boolean,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    context.out.warn(`the new linprov doesn't work: ${why}\n`);
    context.out.print("go back to the old linprov\n");
    await swapBack();
    await setUp();
    if (restarts) {
      // What was tried in vain counts against the limit of starts.
      await systemctl(["reset-failed", UNIT_NAME]).catch(() => {});
      await restart(context);
    }
    throw new UserError(WHAT, "the new one doesn't work here, the old one is back", {
      exit: ExitCode.host,
      hint: `see: journalctl --unit ${UNIT_NAME}`,
      cause: error,
    });
  }
}
