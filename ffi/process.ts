/**
 * What a process is to the kernel: its user, its name, its service manager.
 *
 * @module
 */
import { abi } from "./_abi.ts";
import { cString, pinnedBytes } from "./_memory.ts";
import { libc } from "./_libc_symbols.ts";
import { checkCall } from "./error.ts";
import { FileDescriptor } from "./libc.ts";

/** The effective user id: 0 is root. */
export function effectiveUid(): number {
  return libc().geteuid();
}

const prSetName = 15;

/**
 * Names the calling thread; from the main thread, the process as `pgrep -x`
 * and /proc/PID/comm see it.
 *
 * @param name Up to 15 bytes; the kernel cuts the rest.
 */
export function setProcessName(name: string): void {
  checkCall(
    () => libc().prctl(prSetName, cString(name), 0n, 0n, 0n),
    () => `name the process ${name}`,
  );
}

const afUnix = 1;
// SOCK_DGRAM | SOCK_CLOEXEC
const datagram = 2 | 0o2000000;
const noSignal = 0x4000;

/**
 * Tells the service manager how this process does, as sd_notify(3).
 *
 * @param state Lines such as `READY=1` or `STATUS=…`.
 * @param socket Path of the manager's socket, `@` for an abstract one.
 * @returns Whether there was a service manager to tell.
 * @throws {BpfError} When there is one, but it can't be told.
 */
export function notifyServiceManager(
  state: string,
  socket: string | undefined = Deno.env.get("NOTIFY_SOCKET"),
): boolean {
  if (!socket) return false;
  const path = new TextEncoder().encode(socket);
  const { size, fields } = abi.sockaddr_un;
  if (path.length >= size - fields.sun_path) {
    throw new RangeError(`The path of a socket is too long: ${socket}`);
  }
  const address = pinnedBytes(size);
  new DataView(address.buffer).setUint16(fields.sun_family, afUnix, true);
  address.set(path, fields.sun_path);
  if (socket.startsWith("@")) address[fields.sun_path] = 0;

  const fd = checkCall(() => libc().socket(afUnix, datagram, 0), "make a datagram socket");
  using _closer = new FileDescriptor(fd);
  const message = new TextEncoder().encode(state);
  const length = BigInt(message.length);
  const addressLength = fields.sun_path + path.length;
  checkCall(
    () => Number(libc().sendto(fd, message, length, noSignal, address, addressLength)),
    () => `tell the service manager at ${socket}`,
  );
  return true;
}

/** Who is at the other end of a UNIX socket, as it was when it connected. */
export interface PeerCredentials {
  pid: number;
  uid: number;
  gid: number;
}

const solSocket = 1;
const soPeerCred = 17;

/**
 * Who is at the other end of a UNIX stream socket.
 *
 * @param fd The socket's descriptor, see {@linkcode descriptorOf}.
 * @throws {BpfError} ENOTSOCK when it isn't a socket, and others.
 */
export function peerCredentials(fd: number): PeerCredentials {
  const { size, fields } = abi.ucred;
  const bytes = pinnedBytes(size);
  const length = new Uint32Array([size]);
  checkCall(
    () => libc().getsockopt(fd, solSocket, soPeerCred, bytes, length),
    () => `ask for the peer of descriptor ${fd}`,
  );
  const view = new DataView(bytes.buffer);
  return {
    pid: view.getInt32(fields.pid, true),
    uid: view.getUint32(fields.uid, true),
    gid: view.getUint32(fields.gid, true),
  };
}

/**
 * The file descriptor behind a socket of `node:net` (a `Deno.Conn` doesn't tell
 * its own). It is no part of that API, so be ready for `undefined`.
 */
export function descriptorOf(socket: object): number | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  const fd: unknown = typeof handle === "object" && handle !== null && Reflect.get(handle, "fd");
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
}
