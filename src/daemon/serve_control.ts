/**
 * What the control socket's clients may ask of a daemon.
 *
 * @module
 */

import { descriptorOf, peerCredentials } from "../../ffi/process.ts";
import type { Settings } from "../config/settings.ts";
import { CONTROL_SOCKET } from "../control/client.ts";
import { type Peer, RequestError, type Verb } from "../control/protocol.ts";
import { ControlServer } from "../control/server.ts";
import { UserError } from "../errors.ts";
import { toJson } from "../json.ts";
import { logger } from "../log/log.ts";
import { adopt } from "./adopt.ts";
import type { Daemon } from "./daemon.ts";
import type { UnusedPlace } from "./protocol.ts";

/** A control socket that is open. */
export interface Control extends AsyncDisposable {
  /** Where it is. */
  path: string;
}

/**
 * Opens the control socket.
 *
 * @param daemon Whom it controls.
 * @param settings Who may connect.
 * @param path Where it is.
 * @returns The socket.
 * @throws {UserError} When another daemon is there, or the place can't be used.
 */
export async function serveControl(
  daemon: Daemon,
  settings: Settings,
  path: string = CONTROL_SOCKET,
): Promise<Control> {
  const log = logger("control");
  const server = await ControlServer.listen({
    path,
    notifications: settings.notifications,
    verbs: {
      allow: permit(daemon, { once: false }),
      once: permit(daemon, { once: true }),
      "allow-content": permit(daemon, { once: false, content: true }),
      "once-content": permit(daemon, { once: true, content: true }),
      adopt,
      why: (token) => answered(() => `OK ${toJson(daemon.why(token))}`),
      unused: (argument) =>
        answered(async () => `OK ${toJson(await daemon.unused(pageOf(argument)))}`),
      confirm: (_argument, peer) =>
        answered(async () => {
          if (!peer || peer.uid !== 0) throw new RequestError("only root can confirm");
          await daemon.confirm(peer.pid);
          return "OK";
        }),
      status: shared(async () => {
        const { clients, dropped } = server;
        return `OK ${toJson(await daemon.status({ clients, dropped }))}`;
      }),
    },
    peerOf,
    refuse: (peer) => mayAsk(peer, settings) ? undefined : "permission denied",
    onError: (error) => log.error(error instanceof Error ? error.message : String(error)),
  });
  const unsubscribe = daemon.subscribe((token, { kind, path, mark }) => {
    server.publish({
      token,
      kind,
      target: path ?? "",
      creator: mark.origin.creator ?? mark.origin.comm ?? "",
    });
  });
  return {
    path,
    async [Symbol.asyncDispose]() {
      unsubscribe();
      await server[Symbol.asyncDispose]();
    },
  };
}

/**
 * Whether a process may ask the daemon anything. The socket's mode has let it
 * in; this is what holds when the mode is wrong, or root passes a connection on.
 *
 * @param peer Who asks, as the kernel says.
 * @param settings Who may.
 * @returns Whether it may.
 */
export function mayAsk(
  peer: Peer | undefined,
  { notifications }: Pick<Settings, "notifications">,
): boolean {
  return peer !== undefined && (peer.uid === 0 || notifications === "group");
}

/** Those who ask while an answer is being made get the same one. */
function shared(work: () => Promise<string>): () => Promise<string> {
  let answer: Promise<string> | undefined;
  return () => {
    answer ??= work().finally(() => answer = undefined);
    return answer;
  };
}

/** Where a page begins: `POLICY AFTER`, or nothing for the first. */
function pageOf(argument: string): UnusedPlace | null {
  if (argument === "") return null;
  const [, policy, after] = /^(\d{1,10}) (\d{1,10})$/.exec(argument) ?? [];
  if (policy === undefined) throw new RequestError("unused takes nothing, or two numbers");
  return { policy: Number(policy), after: Number(after) };
}

function permit(daemon: Daemon, options: { once: boolean; content?: boolean }): Verb {
  return async (token, peer) => {
    return await answered(async () => {
      // Nobody gets here unknown, see mayAsk().
      return `OK ${await daemon.allow(token, { ...options, peer: peer! })}`;
    });
  };
}

/** What is wrong with a request is said to who made it. */
async function answered(work: () => Promise<string> | string): Promise<string> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof UserError ? new RequestError(error.message) : error;
  }
}

function peerOf(socket: object): Peer | undefined {
  const fd = descriptorOf(socket);
  return fd === undefined ? undefined : peerCredentials(fd);
}
