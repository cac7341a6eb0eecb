/**
 * `linprov notify`: a desktop notification per block, in a user's session.
 *
 * @module
 */

import { ControlClient } from "../control/client.ts";
import { UserError } from "../errors.ts";
import { type CommandContext, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";

/** One block, as the daemon tells it. */
export interface Block {
  token: string;
  kind: string;
  /** As the protocol quotes it. */
  target: string;
  creator: string;
}

/** Notifications that are open at once, at most: a burst must not cover the screen. */
const OPEN_AT_ONCE = 5;

/** Subscribes to the daemon and shows each block, until the daemon ends. */
export const handler: Handler = async (context) => {
  requireNotifySend();
  const socket = flagValue(context, "socket");
  using client = await ControlClient.connect(socket);
  const answer = await client.request("subscribe");
  if (answer !== "OK subscribed") {
    throw new UserError("cannot subscribe to blocks", answer.replace(/^ERR /, ""), {
      exit: ExitCode.unreachable,
      hint: 'the daemon needs notifications = "group", and you the group linprov',
    });
  }
  context.out.print("waiting for blocks\n");
  const open = new Set<Promise<void>>();
  for await (const line of client.lines()) {
    const block = parseBlock(line);
    if (!block) continue;
    context.out.print(`blocked: ${block.target}  [allow: ${block.token}]\n`);
    if (open.size >= OPEN_AT_ONCE) continue;
    const shown = show(context, block, socket).finally(() => open.delete(shown));
    open.add(shown);
  }
  await Promise.allSettled(open);
  throw new UserError("cannot go on", "the daemon has ended", { exit: ExitCode.unreachable });
};

/**
 * Reads a line of the subscription.
 *
 * @param line Without its line break.
 * @returns The block, or undefined when the line is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = "BLOCK\t3fa29c01\texec\t/tmp/x\t/usr/bin/curl";
 * assertEquals(parseBlock(line)?.token, "3fa29c01");
 * assertEquals(parseBlock("OK"), undefined);
 * ```
 */
export function parseBlock(line: string): Block | undefined {
  const [word, token, kind, target, creator, ...rest] = line.split("\t");
  if (word !== "BLOCK" || !/^[0-9a-f]{8,16}$/.test(token ?? "") || rest.length > 0) {
    return undefined;
  }
  if (kind === undefined || target === undefined || creator === undefined) return undefined;
  return { token: token!, kind, target, creator };
}

function requireNotifySend(): void {
  try {
    new Deno.Command("notify-send", { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UserError("cannot show notifications", "notify-send is not installed", {
      exit: ExitCode.host,
      hint: "install it with: apt-get install libnotify-bin",
    });
  }
}

/** Shows one notification and does what its button says. */
async function show(
  context: CommandContext,
  block: Block,
  socket: string | undefined,
): Promise<void> {
  const { stdout } = await new Deno.Command("notify-send", {
    args: [
      "--app-name=linprov",
      "--urgency=critical",
      "--wait",
      "--action=once=Allow once",
      "--action=allow=Allow always",
      "linprov refused a program from the network",
      // Markup is a matter of the notification server: nothing of a file name may be.
      plainText(`${block.target}\nbrought by ${block.creator}`),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).output();
  const action = new TextDecoder().decode(stdout).trim();
  if (action !== "once" && action !== "allow") return;
  try {
    using client = await ControlClient.connect(socket);
    context.out.print(`${await client.request(`${action} ${block.token}`)}\n`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.out.warn(`linprov: ${error.message}\n`);
  }
}

function plainText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
