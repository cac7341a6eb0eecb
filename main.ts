/**
 * The program `linprov`. The same file is the entry of its worker.
 *
 * @module
 */

import { COMMANDS } from "./src/cli/commands.ts";
import { dispatch, report } from "./src/cli/dispatch.ts";
import { StandardOutput } from "./src/cli/output.ts";
import { currentWorkerName, runWorker } from "./src/daemon/self_worker.ts";

/**
 * Runs a command line of the program.
 *
 * @param args The arguments, without the program's name.
 * @returns The exit code.
 */
export async function main(args: readonly string[]): Promise<number> {
  const env = (name: string) => Deno.env.get(name);
  const out = new StandardOutput(env);
  const dropNetwork = () => void Deno.permissions.revokeSync({ name: "net" });
  try {
    return await dispatch(args, { commands: COMMANDS, out, env, dropNetwork });
  } catch (error) {
    return report(error, args, out);
  }
}

if (import.meta.main) {
  const worker = currentWorkerName();
  if (worker === null) Deno.exit(await main(Deno.args));
  await runWorker(worker);
}
