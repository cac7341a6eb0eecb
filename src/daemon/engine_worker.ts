/**
 * The worker that owns libbpf, the ring buffer and the store.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { LibraryMissing } from "../../ffi/library_missing.ts";
import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";
import type { KernelEvent } from "../events/event.ts";
import { Engine } from "./engine.ts";
import { KeptPrograms } from "./kept_programs.ts";
import { PolicyRefused } from "./live_policy.ts";
import { ProgramsRefused } from "./program_sets.ts";
import {
  type Report,
  type Request,
  type StartRequest,
  type ToldRequest,
  UNTOLD_MAX,
} from "./protocol.ts";

/** Milliseconds between two looks for losses, and at the clock. */
const LOOK_MS = 2000;

/** Milliseconds to wait for a message that is on its way. */
const MESSAGE_MS = 1;

const scope = globalThis as unknown as {
  onmessage: ((message: MessageEvent<Request>) => void) | null;
  postMessage: (report: Report) => void;
  close: () => void;
};

/** Waits for messages; called by main.ts in the worker. */
export function start(): void {
  let engine: Engine | undefined;
  const requests: Request[] = [];

  scope.onmessage = ({ data }) => {
    if (data.type !== "start") {
      requests.push(data);
      return;
    }
    try {
      engine = begin(data);
      void run(engine, requests, data.wakeUp);
    } catch (error) {
      engine?.[Symbol.dispose]();
      report(failed(error));
      scope.close();
    }
  };
}

function report(message: Report): void {
  scope.postMessage(message);
}

function begin(request: StartRequest): Engine {
  const engine = new Engine(request);
  try {
    report({ type: "running", ...engine.start(request) });
    return engine;
  } catch (error) {
    engine.abandon();
    engine[Symbol.dispose]();
    throw error;
  }
}

async function run(engine: Engine, requests: Request[], wakeUp: number): Promise<void> {
  let lookAt = 0;
  let told = "";
  // Messages that were announced and haven't come.
  let expected = 0;
  // Events that the main thread hasn't told yet: the ring keeps the others, for so long.
  let untold = 0;
  const forward = (events: KernelEvent[]) => {
    if (events.length === 0) return;
    report({ type: "events", events });
    untold += events.length;
  };
  try {
    for (let going = true; going;) {
      const deaf = untold >= UNTOLD_MAX;
      if (!deaf) forward(engine.poll());
      const restored = engine.restored();
      if (restored) report({ type: "restored", ...restored });
      const files = engine.distrusted();
      if (files.length > 0) report({ type: "distrusted", files });
      if (performance.now() >= lookAt) {
        const losses = engine.losses();
        const text = JSON.stringify(losses);
        if (text !== told) report({ type: "losses", losses });
        told = text;
        engine.followClock();
        engine.sweep();
        engine.tidy();
        lookAt = performance.now() + LOOK_MS;
      }
      const rest = lookAt - performance.now();
      expected += engine.wait(expected > 0 ? MESSAGE_MS : Math.ceil(rest), wakeUp, { deaf });
      // Messages are delivered now.
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const request of requests.splice(0)) {
        expected--;
        if (request.type === "told") untold -= request.events;
        else going = serve(engine, request) && going;
      }
    }
    forward(engine.poll());
    report({ type: "losses", losses: engine.losses() });
    engine[Symbol.dispose]();
    await new KeptPrograms().sweepPatiently();
    report({ type: "stopped" });
  } catch (error) {
    report(failed(error));
  }
  scope.close();
}

/** Returns whether to go on. */
function serve(engine: Engine, request: Exclude<Request, ToldRequest>): boolean {
  switch (request.type) {
    case "reload":
      try {
        const rules = engine.reload(request.settings, request.allowlist);
        report({ type: "reloaded", id: request.id, rules });
      } catch (error) {
        report(unchanged(request.id, error));
      }
      return true;
    case "status":
      report({ type: "status", id: request.id, status: engine.status(request.hits) });
      return true;
    case "unused":
      report({ type: "unused", id: request.id, page: engine.unused(request.from) });
      return true;
    case "confirm":
      engine.confirm();
      report({ type: "confirmed", id: request.id });
      return true;
    case "digest":
      report({ type: "digest", id: request.id, ...engine.digest(request.path, request.file) });
      return true;
    case "stop":
      if (!request.keep) engine.release();
      return false;
    case "start":
      throw new TypeError("Cannot start the kernel side twice");
  }
}

/** What a reload that changed nothing ends with. */
function unchanged(id: number, error: unknown): Report {
  if (error instanceof PolicyRefused) return { type: "refused", id, errors: error.errors };
  if (!(error instanceof ProgramsRefused)) throw error;
  const { action, code, log } = error.cause;
  return { type: "kept", id, what: `cannot ${action}`, why: code, ...(log ? { log } : {}) };
}

function failed(error: unknown): Report {
  if (error instanceof PolicyRefused) return { type: "refused", id: null, errors: error.errors };
  if (error instanceof ProgramsRefused) return failed(error.cause);
  if (error instanceof UserError) {
    const { what, why, hint, exit } = error;
    return { type: "failed", what, why, exit, ...(hint ? { hint } : {}) };
  }
  if (error instanceof LibraryMissing) {
    const what = "cannot use libbpf";
    return { type: "failed", what, why: error.message, hint: error.fix, exit: ExitCode.host };
  }
  if (error instanceof BpfError) {
    return {
      type: "failed",
      what: `cannot ${error.action}`,
      why: error.code,
      hint: "find out what this host lacks: linprov doctor",
      exit: ExitCode.host,
      ...(error.log ? { log: error.log } : {}),
    };
  }
  const why = error instanceof Error ? error.stack ?? error.message : String(error);
  return {
    type: "failed",
    what: "internal error in the kernel side",
    why,
    exit: ExitCode.internal,
  };
}
