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
import { EXAMPLE_NAMES, type ExampleName, isExample } from "../host/install/examples.ts";
import { ALLOWLIST, planFiles, type Step } from "../host/install/plan.ts";
import { carryOut, requireRoot } from "./carry_out.ts";
import { type CommandContext, flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { adoptByDaemon, delegate, extras } from "./install_binary.ts";

const WHAT = "cannot set up linprov";

/** Does what is missing; the second time that is nothing. */
export const handler: Handler = async (context) => {
  requireRoot(context, WHAT);
  const own = ownBinary(context.env);
  await requireUnpackaged(WHAT, [BINARY, UNIT, ...Object.values(EXTRAS)]);
  const template = await chooseTemplate(context);
  const rest = await planFiles(extras(), template);
  if (own === BINARY) return await carryOut(rest, context);
  const install = await planBinary(own, context);
  const { steps, notes, exit } = delegate(rest, context, template);
  return await carryOut({ steps: [...install, ...steps], notes, exit }, context);
};

/** How {@linkcode chooseTemplate} asks; the default is the person at the terminal. */
export interface Person {
  isThere: () => boolean;
  names: (question: string) => string | null;
}

const TERMINAL: Person = {
  isThere: () => Deno.stdin.isTerminal(),
  names: (question) => prompt(question),
};

/**
 * The example that the allowlist is to begin with. A person is asked where there is no allowlist
 * yet.
 *
 * @param context For `--template`, `--yes` and `--dry-run`.
 * @param options `person`: who is asked; `allowlist`: where it would be.
 * @returns Undefined for no example.
 */
export async function chooseTemplate(
  context: CommandContext,
  { person = TERMINAL, allowlist = ALLOWLIST }: { person?: Person; allowlist?: string } = {},
): Promise<ExampleName | undefined> {
  const given = flagValue(context, "template");
  // Any other was refused by the parser.
  if (given !== undefined) return isExample(given) ? given : undefined;
  const asks = !flagOn(context, "yes") && !flagOn(context, "dry-run") && person.isThere();
  if (!asks || await lstat(allowlist)) return undefined;
  const question = `Rules to begin with, besides those for the package manager (${
    EXAMPLE_NAMES.join(", ")
  }; nothing for none):`;
  for (;;) {
    const answer = person.names(question)?.trim() ?? "";
    if (answer === "" || isExample(answer)) return answer === "" ? undefined : answer;
    context.out.print(`there is no example ${JSON.stringify(answer)}\n`);
  }
}

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
