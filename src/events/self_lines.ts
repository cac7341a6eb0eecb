/**
 * The log lines about attempts on linprov itself, which scripts rely on.
 *
 * @module
 */

import { type EventLine, eventLine } from "../log/event_line.ts";
import type { SelfEvent, SelfWhat } from "./event.ts";

/** Names of `enum lp_self`. */
export const WHATS: readonly SelfWhat[] = ["state", "pin", "map", "program", "process"];

/** Names of `enum lp_self_operation`. */
export const OPERATIONS: readonly string[] = [
  ...["create", "mkdir", "symlink", "link", "mknod", "unlink", "rmdir", "rename", "open"],
  ...["truncate", "chmod", "chown", "setxattr", "removexattr", "mount", "umount"],
  ...["kill", "ptrace", "rlimit", "nice", "scheduler"],
];

/**
 * The line for what was refused; its level is warn.
 *
 * @param event What happened.
 * @returns The line.
 */
export function selfLine(event: SelfEvent): EventLine {
  const { what, operation, path, signal, untold, pid, comm, uid } = event;
  const { message, properties } = eventLine("GUARDED", {
    what,
    op: operation,
    target: path ?? undefined,
    signal: signal ?? undefined,
    pid,
    comm,
    uid,
    unlogged: untold || undefined,
  });
  // Programs find the names in every such event; the text has only what there is.
  const { target = null, signal: sent = null, unlogged = 0 } = properties;
  return { message, properties: { ...properties, target, signal: sent, unlogged } };
}
