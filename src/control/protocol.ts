/**
 * The line protocol of the control socket, without any socket.
 *
 * A request is a line: a verb and, after one blank, its argument. Every
 * request gets exactly one line back: what the verb says (`OK …`, or a JSON
 * object), or `ERR MESSAGE`. After `subscribe`, blocks come in between, one
 * line each: `BLOCK<TAB>TOKEN<TAB>KIND<TAB>TARGET<TAB>CREATOR`.
 *
 * @module
 */

import { bytesToByteString, type ByteString, quoteValue } from "../policy/bytes.ts";

/** The longest request, its line break not counted. */
export const MAX_LINE = 4096;

/** How much of an unknown request is said back. */
const SHOWN = 64;

/** After so many requests in a row that aren't understood, the client is none of ours. */
const MAX_NONSENSE = 16;

/** Who is at the other end, as the kernel says. */
export interface Peer {
  pid: number;
  uid: number;
  gid: number;
}

/** What a verb does. The argument is what stands after the verb and one blank. */
export type Verb = (
  argument: ByteString,
  peer: Peer | undefined,
) => Promise<string> | string;

/** The verbs of a daemon; `subscribe` is the protocol's own. */
export type Verbs = Readonly<Record<string, Verb>>;

/** A request that is refused; the message is sent as `ERR MESSAGE`. */
export class RequestError extends Error {
  override name = "RequestError";
}

/** Something that was blocked, for subscribers. */
export interface Block {
  /** Permits it: `allow TOKEN`. */
  token: string;
  /** How it would have become code. */
  kind: "exec" | "script" | "mmap" | "pipe";
  /** The file. */
  target: ByteString;
  /** The executable that brought it. */
  creator: ByteString;
}

/**
 * The line that tells a subscriber of a block.
 *
 * @param block What was blocked.
 * @returns The line with its line break; no file name can add a field or a line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   blockLine({ token: "3fa29c01", kind: "exec", target: "/tmp/a\tb", creator: "/usr/bin/curl" }),
 *   'BLOCK\t3fa29c01\texec\t"/tmp/a\\tb"\t/usr/bin/curl\n',
 * );
 * ```
 */
export function blockLine({ token, kind, target, creator }: Block): string {
  return ["BLOCK", token, kind, quoteValue(target), quoteValue(creator)].join("\t") + "\n";
}

/** What a session needs from around it. */
export interface SessionOptions {
  /** The verbs there are. */
  verbs: Verbs;
  /** Who is at the other end. */
  peer: Peer | undefined;
  /** The session wants blocks from now on. */
  onSubscribe: () => void;
  /** A verb begins to work, or has answered. */
  onWork?: (working: boolean) => void;
  /** A verb failed in a way it did not foresee. */
  onError: (error: unknown) => void;
}

/** One client's side of the protocol. */
export class Session {
  readonly #options: SessionOptions;
  #partial: Uint8Array[] = [];
  #length = 0;
  #nonsense = 0;

  /** @param options What surrounds it. */
  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Takes bytes that came and answers the lines in them, one after the other.
   * The next bytes are to be passed only when this has ended.
   *
   * @param bytes What came.
   * @returns The answers as they are ready; after one with `close` the
   * connection is to be closed, and no more bytes are to be passed.
   */
  async *receive(bytes: Uint8Array): AsyncGenerator<{ text: string; close: boolean }> {
    let start = 0;
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, start)) {
      this.#keep(bytes.subarray(start, at));
      start = at + 1;
      if (this.#length > MAX_LINE) break;
      const line = bytesToByteString(this.#takeLine());
      const text = `${oneLine(await this.#answer(line))}\n`;
      const close = this.#nonsense >= MAX_NONSENSE;
      yield { text, close };
      if (close) return;
    }
    if (this.#length <= MAX_LINE) this.#keep(bytes.subarray(start));
    if (this.#length > MAX_LINE) {
      yield { text: `ERR a request has at most ${MAX_LINE} bytes\n`, close: true };
    }
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    // What is too long is refused, not kept.
    if (part.length > 0 && this.#length <= MAX_LINE) this.#partial.push(part.slice());
  }

  #takeLine(): Uint8Array {
    const line = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#partial) {
      line.set(part, at);
      at += part.length;
    }
    this.#partial = [];
    this.#length = 0;
    return line;
  }

  async #answer(line: ByteString): Promise<string> {
    const { verbs, peer, onSubscribe, onWork, onError } = this.#options;
    const blank = line.indexOf(" ");
    const name = blank < 0 ? line : line.slice(0, blank);
    const argument = blank < 0 ? "" : line.slice(blank + 1);
    if (name === "subscribe") {
      if (argument !== "") return "ERR subscribe takes no argument";
      onSubscribe();
      return "OK subscribed";
    }
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb) {
      this.#nonsense++;
      return `ERR unknown request ${quoteValue(name.slice(0, SHOWN))}`;
    }
    this.#nonsense = 0;
    onWork?.(true);
    try {
      return await verb(argument, peer);
    } catch (error) {
      if (error instanceof RequestError) return `ERR ${error.message}`;
      onError(error);
      return "ERR internal error";
    } finally {
      onWork?.(false);
    }
  }
}

function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\r", "\\r");
}
