/**
 * Waiting in native code, where a thread hears nothing of what its program says to it, in a way that
 * another thread can end.
 *
 * @module
 */
import { libc, settled } from "./_libc_symbols.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkCall } from "./error.ts";
import { FileDescriptor, OpenFlag } from "./libc.ts";

/** A counter that ends a wait: eventfd(2). */
export class WakeUp implements Disposable {
  readonly #file: FileDescriptor;

  /** @throws {BpfError} When the process has no descriptor left. */
  constructor() {
    // EFD_CLOEXEC and EFD_NONBLOCK have the values of O_CLOEXEC and O_NONBLOCK.
    const flags = OpenFlag.closeOnExec | OpenFlag.nonBlock;
    const make = () => libc().eventfd(0, flags);
    this.#file = new FileDescriptor(checkCall(make, () => "make an event counter"));
  }

  /** The descriptor: the same in each thread, which is how another one waits for it. */
  get number(): number {
    return this.#file.number;
  }

  /** Ends a wait, the one that goes on or the next one. */
  wake(): void {
    checkCall(() => libc().eventfd_write(this.number, 1n), () => "wake another thread");
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}

// <poll.h>: int fd; short events, revents.
const pollSize = 8;
const pollIn = 1;
const pollInvalid = 0x20;

/**
 * Waits until something can be read. The thread does nothing else meanwhile.
 *
 * @param descriptor Of whatever can be waited for; null is nothing but the {@linkcode WakeUp}.
 * @param wakeUp The number of a {@linkcode WakeUp}, which ends the wait too.
 * @param timeoutMs Milliseconds to wait at most; -1 without end.
 * @returns How often it was woken since it last waited.
 * @throws {BpfError} When a descriptor is none.
 */
export function waitFor(descriptor: number | null, wakeUp: number, timeoutMs: number): number {
  const bytes = new Uint8Array(2 * pollSize);
  const view = new DataView(bytes.buffer);
  // poll(2) passes over a negative one.
  [descriptor ?? -1, wakeUp].forEach((fd, i) => {
    view.setInt32(i * pollSize, fd, true);
    view.setInt16(i * pollSize + 4, pollIn, true);
  });
  const rc = settled(() => libc().poll(bytes, 2n, timeoutMs));
  // A signal ended the wait.
  if (rc === -Errno.EINTR) return 0;
  if (rc < 0) throw new BpfError("wait for events", -rc);
  const [ready, woken] = [view.getInt16(6, true), view.getInt16(pollSize + 6, true)];
  if ((ready | woken) & pollInvalid) throw new BpfError("wait for events", Errno.EBADF);
  if ((woken & pollIn) === 0) return 0;
  const count = new BigUint64Array(1);
  checkCall(() => libc().eventfd_read(wakeUp, count), () => "read an event counter");
  return Number(count[0]);
}
