/**
 * Workers that run the program's own file. A bundle and a compiled binary have
 * no other: main.ts, started as a worker, runs the module that the worker's
 * name stands for.
 *
 * @module
 */

import { type WorkerModule, WORKERS } from "./workers.ts";

/**
 * Starts the program's own file again as a worker.
 *
 * @param name One of the workers in workers.ts.
 * @param program The file to run; the program itself unless a test says otherwise.
 * @returns The worker. Messages posted at once wait until it has started.
 */
export function spawnSelfWorker(name: string, program: string | URL = Deno.mainModule): Worker {
  return new Worker(program, { type: "module", name });
}

/**
 * Tells a worker from the program itself.
 *
 * @returns The worker's name, or null on the main thread.
 */
export function currentWorkerName(): string | null {
  const scope = globalThis as { DedicatedWorkerGlobalScope?: unknown; name?: unknown };
  if (scope.DedicatedWorkerGlobalScope === undefined) return null;
  return typeof scope.name === "string" ? scope.name : "";
}

/**
 * Runs the worker of that name. Deno delivers messages while the worker's code
 * is still being loaded; they are kept until it has started.
 *
 * @param name The worker's name.
 * @param workers The workers there are.
 * @throws {RangeError} If there is no such worker.
 */
export async function runWorker(
  name: string,
  workers: Readonly<Record<string, () => Promise<WorkerModule>>> = WORKERS,
): Promise<void> {
  const load = Object.hasOwn(workers, name) ? workers[name] : undefined;
  if (!load) throw new RangeError(`Cannot run the worker ${JSON.stringify(name)}: it is unknown`);
  const early: MessageEvent[] = [];
  const keep = (event: Event) => {
    event.stopImmediatePropagation();
    early.push(event as MessageEvent);
  };
  globalThis.addEventListener("message", keep);
  await (await load()).start();
  globalThis.removeEventListener("message", keep);
  for (const { data, ports } of early) {
    globalThis.dispatchEvent(new MessageEvent("message", { data, ports: [...ports] }));
  }
}
