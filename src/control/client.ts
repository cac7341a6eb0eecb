/**
 * The control socket's client, for the commands that talk to the daemon.
 *
 * @module
 */

import { ExitCode } from "../cli/exit.ts";
import { UserError } from "../errors.ts";

/** The daemon's socket. */
export const CONTROL_SOCKET = "/run/linprov/control.sock";

/** How a client behaves. */
export interface ClientOptions {
  /** Milliseconds to wait for an answer. */
  timeout?: number;
  /** Called as soon as the socket is open, to give the permission for more back. */
  onOpen?: () => void;
}

/** The longest answer; a daemon says less. */
const MAX_ANSWER = 16 * 1024 * 1024;

/** A connection to the daemon. */
export class ControlClient implements Disposable {
  readonly #path: string;
  readonly #connection: Deno.UnixConn;
  readonly #timeout: number;
  readonly #decoder = new TextDecoder();
  #text = "";
  #closed = false;

  private constructor(path: string, connection: Deno.UnixConn, timeout: number) {
    this.#path = path;
    this.#connection = connection;
    this.#timeout = timeout;
  }

  /**
   * Connects to the daemon.
   *
   * @param path Its socket.
   * @param options Patience.
   * @returns The connection.
   * @throws {UserError} If nobody is there (exit code 5).
   */
  static async connect(
    path: string = CONTROL_SOCKET,
    options: ClientOptions = {},
  ): Promise<ControlClient> {
    try {
      const connection = await Deno.connect({ transport: "unix", path });
      options.onOpen?.();
      return new ControlClient(path, connection, options.timeout ?? 10_000);
    } catch (error) {
      throw unreachable(path, ...reason(error), error);
    }
  }

  /**
   * Asks the daemon something.
   *
   * @param line The request, without a line break.
   * @returns The answer, one line without its line break.
   * @throws {UserError} If no answer comes (exit code 5).
   */
  async request(line: string): Promise<string> {
    const bytes = new TextEncoder().encode(`${line}\n`);
    const answer = await this.#within(this.#timeout, async () => {
      for (let at = 0; at < bytes.length;) {
        at += await this.#connection.write(bytes.subarray(at));
      }
      return await this.#line();
    });
    if (answer === null) throw unreachable(this.#path, "the daemon closed the connection");
    return answer;
  }

  /**
   * What the daemon says by itself, after `subscribe`.
   *
   * @returns Line after line, until the daemon ends or the client is closed.
   */
  async *lines(): AsyncGenerator<string> {
    for (let line = await this.#line(); line !== null; line = await this.#line()) yield line;
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  async #line(): Promise<string | null> {
    const buffer = new Uint8Array(16 * 1024);
    while (true) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      if (this.#text.length > MAX_ANSWER) {
        throw unreachable(this.#path, "what answers there is not linprov");
      }
      try {
        const count = await this.#connection.read(buffer);
        if (count === null) return null;
        this.#text += this.#decoder.decode(buffer.subarray(0, count), { stream: true });
      } catch (error) {
        if (this.#closed) return null;
        throw unreachable(this.#path, ...reason(error), error);
      }
    }
  }

  async #within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this[Symbol.dispose]();
        reject(unreachable(this.#path, `no answer within ${milliseconds / 1000} s`));
      }, milliseconds);
    });
    try {
      return await Promise.race([work(), late]);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw unreachable(this.#path, ...reason(error), error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function reason(error: unknown): [why: string, hint?: string] {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.ConnectionRefused) {
    return ["no daemon is running there", "start it with: systemctl start linprov"];
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return [
      "permission denied",
      'run it as root, or be in the group linprov with notifications = "group"',
    ];
  }
  const text = error instanceof Error ? error.message : String(error);
  return [text.replace(/ \(os error \d+\).*/, "")];
}

function unreachable(path: string, why: string, hint?: string, cause?: unknown): UserError {
  return new UserError(`cannot reach the daemon at ${path}`, why, {
    exit: ExitCode.unreachable,
    hint: hint ?? "see: systemctl status linprov",
    cause,
  });
}
