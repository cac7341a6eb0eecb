/**
 * The workers that main.ts can be, by name.
 *
 * @module
 */

/** What a worker's module exports. */
export interface WorkerModule {
  /** Installs the worker's message handler; messages that came earlier follow. */
  start(): void | Promise<void>;
}

/** All workers. A new one is one entry here and its module. */
export const WORKERS: Readonly<Record<string, () => Promise<WorkerModule>>> = {
  "linprov-bpf": () => import("./engine_worker.ts"),
};
