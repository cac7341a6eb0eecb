/**
 * The control socket's server. A client that is slow, silent or talks nonsense
 * costs nobody else anything: every queue is bounded, who doesn't read is
 * disconnected, and where there is no room left the most silent client has to
 * go, so that whoever comes to ask something finds a place.
 *
 * @module
 */

import type net from "node:net";
import { type Block, blockLine, type Peer, Session, type Verbs } from "./protocol.ts";
import { clearPlace, setAccess } from "./socket_place.ts";

/** How a server behaves. */
export interface ServerOptions {
  /** The socket's path. */
  path: string;
  /** What it can be asked. */
  verbs: Verbs;
  /** `group` opens it to the members of the group linprov. */
  notifications: "off" | "group";
  /** Asks the kernel who is at the other end of a socket of node:net. */
  peerOf?: (socket: object) => Peer | undefined;
  /** Why somebody may not ask anything, or undefined if he may. */
  refuse?: (peer: Peer | undefined) => string | undefined;
  /** A verb failed in a way it did not foresee, or a client went away rudely. */
  onError?: (error: unknown) => void;
  /** The most clients at a time. */
  maxClients?: number;
  /** The most clients of one user other than root. */
  maxClientsOfUser?: number;
  /** Places among those of all that only root gets. */
  keptForRoot?: number;
  /** Milliseconds a client may take for a request; a subscriber may be silent. */
  idleTimeout?: number;
  /** The most bytes that wait for a client that doesn't read. */
  maxUnread?: number;
}

interface Client {
  socket: net.Socket;
  peer: Peer | undefined;
  subscribed: boolean;
  /** It sends nothing any more; whether it still reads shows when something is sent. */
  ended: boolean;
  /** A request of it is being worked on. */
  working: boolean;
  /** When it came or last got an answer, in requests of all. */
  turn: number;
  idle: ReturnType<typeof setTimeout> | undefined;
}

/** A listening control socket. */
export class ControlServer implements AsyncDisposable {
  readonly #options: Required<Omit<ServerOptions, "peerOf">> & Pick<ServerOptions, "peerOf">;
  #turns = 0;
  readonly #server: net.Server;
  readonly #clients = new Set<Client>();
  #dropped = 0;

  private constructor(options: ServerOptions, createServer: typeof net.createServer) {
    this.#options = {
      refuse: () => undefined,
      onError: () => {},
      maxClients: 512,
      maxClientsOfUser: 64,
      keptForRoot: 16,
      idleTimeout: 30_000,
      maxUnread: 256 * 1024,
      ...options,
    };
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  /**
   * Starts to listen.
   *
   * @param options Path, verbs and limits.
   * @returns The server.
   * @throws {UserError} If another daemon is there, or the place can't be used.
   */
  static async listen(options: ServerOptions): Promise<ControlServer> {
    await clearPlace(options.path);
    // node:net, because a Deno.Conn doesn't tell its file descriptor, by which
    // the kernel says who is at the other end; loaded here, because a bundle
    // would load it for every command.
    const { createServer } = await import("node:net");
    const control = new ControlServer(options, createServer);
    const server = control.#server;
    const listening = new Promise<void>((resolve, reject) => {
      server.once("listening", resolve);
      server.once("error", reject);
    });
    // It is bound within listen(): at no moment may others open it.
    const umask = Deno.umask(0o177);
    try {
      server.listen(options.path);
    } finally {
      Deno.umask(umask);
    }
    await listening;
    try {
      await setAccess(options.path, options.notifications);
    } catch (error) {
      await control[Symbol.asyncDispose]();
      throw error;
    }
    return control;
  }

  /** How many clients are connected. */
  get clients(): number {
    return this.#clients.size;
  }

  /** How many clients were disconnected because they did not read. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Tells the subscribers of a block; returns at once.
   *
   * @param block What was blocked.
   */
  publish(block: Block): void {
    const line = blockLine(block);
    for (const client of this.#clients) {
      if (client.subscribed) this.#send(client, line);
    }
  }

  /** Stops listening, disconnects everybody and removes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const client of [...this.#clients]) this.#disconnect(client);
    await closed;
  }

  #accept(socket: net.Socket): void {
    let peer: Peer | undefined;
    try {
      peer = this.#options.peerOf?.(socket);
    } catch (error) {
      this.#options.onError(error);
    }
    const turn = ++this.#turns;
    const client = {
      ...{ socket, peer, turn, idle: undefined },
      ...{ subscribed: false, ended: false, working: false },
    };
    // Without a listener, a reset connection would end the daemon.
    socket.on("error", () => this.#disconnect(client));
    socket.on("close", () => this.#disconnect(client));
    const refused = this.#options.refuse(peer);
    if (refused !== undefined || !this.#makeRoom(peer)) {
      socket.end(`ERR ${refused ?? "too many clients"}\n`);
      socket.destroySoon();
      return;
    }
    this.#clients.add(client);
    this.#serve(client).catch((error) => {
      this.#options.onError(error);
      this.#disconnect(client);
    });
  }

  /** The users of a group can't take each other's places, nor root's. */
  #makeRoom(peer: Peer | undefined): boolean {
    const { maxClients, maxClientsOfUser, keptForRoot } = this.#options;
    let places = maxClients;
    if (peer !== undefined && peer.uid !== 0) {
      const own = [...this.#clients].filter((client) => client.peer?.uid === peer.uid);
      if (own.length >= maxClientsOfUser && !this.#dismiss(own)) return false;
      places -= keptForRoot;
    }
    return this.#clients.size < places || this.#dismiss(this.#clients);
  }

  /**
   * Disconnects a subscriber that has ended, since it may be gone, or else the client that has been
   * silent for longest, if there is one.
   */
  #dismiss(clients: Iterable<Client>): boolean {
    const since = ({ ended, turn }: Client) => ended ? -1 : turn;
    let silent: Client | undefined;
    for (const client of clients) {
      if ((client.subscribed && !client.ended) || client.working) continue;
      if (!silent || since(client) < since(silent)) silent = client;
    }
    if (silent) this.#disconnect(silent);
    return silent !== undefined;
  }

  async #serve(client: Client): Promise<void> {
    const session = new Session({
      verbs: this.#options.verbs,
      peer: client.peer,
      onSubscribe: () => client.subscribed = true,
      onWork: (working) => client.working = working,
      onError: this.#options.onError,
    });
    this.#await(client);
    for await (const chunk of chunks(client.socket)) {
      // While a request is worked on, the next chunk stays with the kernel.
      for await (const { text, close } of session.receive(chunk)) {
        this.#send(client, text);
        // Only a whole request counts: one byte now and then is no activity.
        client.turn = ++this.#turns;
        client.subscribed &&= !close;
        this.#await(client);
        if (close) {
          client.socket.destroySoon();
          return;
        }
        // Others have their turn before the next request of this one.
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (!this.#clients.has(client)) return;
      }
    }
    // It has said everything and may still read: a subscriber stays while there is room.
    client.ended = true;
    if (!client.subscribed) client.socket.end();
  }

  #await(client: Client): void {
    clearTimeout(client.idle);
    if (client.subscribed || !this.#clients.has(client)) return;
    client.idle = setTimeout(() => this.#disconnect(client), this.#options.idleTimeout);
  }

  #send(client: Client, text: string): void {
    if (!this.#clients.has(client)) return;
    client.socket.write(text);
    if (client.socket.writableLength > this.#options.maxUnread) {
      this.#dropped++;
      this.#disconnect(client);
    }
  }

  #disconnect(client: Client): void {
    clearTimeout(client.idle);
    this.#clients.delete(client);
    client.socket.destroy();
  }
}

/** What a client sends, as long as it does; how it ends is no matter. */
async function* chunks(socket: net.Socket): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) yield chunk;
  } catch {
    // Reset or disconnected by us: the socket's error handler has seen it.
  }
}
