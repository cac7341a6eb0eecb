/**
 * `linprov setup`: installs linprov on this host.
 *
 * @module
 */

import { UserError } from "../errors.ts";
import { isMarked, ownBinary, sameContent, stage, swapIn } from "../host/install/binary.ts";
import { lstat, remove } from "../host/install/files.ts";
import { requireUnpackaged } from "../host/install/packages.ts";
import { BINARY, EXTRAS, OLD_BINARY, UNIT } from "../host/install/places.ts";
import { planFiles, type Step } from "../host/install/plan.ts";
import { carryOut, requireRoot } from "./carry_out.ts";
import type { CommandContext, Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { adoptByDaemon, delegate, extras } from "./install_binary.ts";

const WHAT = "cannot set up linprov";

/** Does what is missing; the second time that is nothing. */
export const handler: Handler = async (context) => {
  requireRoot(context, WHAT);
  const own = ownBinary(context.env);
  await requireUnpackaged(WHAT, [BINARY, UNIT, ...Object.values(EXTRAS)]);
  const rest = await planFiles(extras());
  if (own === BINARY) return await carryOut(rest, context);
  const install = await planBinary(own, context);
  const { steps, notes, exit } = delegate(rest, context);
  return await carryOut({ steps: [...install, ...steps], notes, exit }, context);
};

async function planBinary(own: string, context: CommandContext): Promise<Step[]> {
  if (!await lstat(BINARY)) return [installStep(own, context)];
  if (!await sameContent(own, BINARY)) {
    throw new UserError(WHAT, `${BINARY} is another build of it`, {
      exit: ExitCode.host,
      hint: `replace it with: ${own} upgrade`,
    });
  }
  // Somebody copied the download there: linprov would refuse itself.
  return isMarked(BINARY) ? [installStep(own, context)] : [];
}

function installStep(own: string, context: CommandContext): Step {
  return {
    text: `install ${own} as ${BINARY}`,
    run: async () => {
      await stage({ from: own, adopt: (from) => adoptByDaemon(context, from) });
      await swapIn();
      await remove(OLD_BINARY);
    },
  };
}
