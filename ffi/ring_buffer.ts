/**
 * The ring buffer that carries events from the kernel.
 *
 * @module
 */
import { libc } from "./_libc_symbols.ts";
import { Owned } from "./_owned.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkPtr } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import type { MapHandle } from "./map.ts";

/**
 * Receives an event.
 *
 * @param view Starts with the event. It is reused: what lies behind `size` is
 * left from others, and nothing of it may be kept without copying.
 * @param size Bytes of the event.
 * @param bytes The same memory as `view`.
 */
export type OnSample = (
  view: DataView,
  size: number,
  bytes: Uint8Array<ArrayBuffer>,
) => boolean | void;

// libbpf gives the size as a size_t. Its lower half is all of it, since a ring
// buffer's record is at most 2^30 bytes, and an u32 needs no bigint.
const callbackShape = {
  parameters: ["pointer", "pointer", "u32"],
  result: "i32",
} as const;

/** A ring buffer map, read by the thread that made this object. */
export class RingBuffer implements Disposable {
  #owned: Owned;
  #callback: Deno.UnsafeCallback<typeof callbackShape>;
  #onSample: OnSample;
  #bytes = new Uint8Array(new ArrayBuffer(4096));
  #view = new DataView(this.#bytes.buffer);
  #failure: { error: unknown } | undefined;
  // How many this call has received, and whether onSample has ended it.
  #count = 0;
  #ended = false;

  /**
   * @param map A ring buffer map, which must outlive this object.
   * @param onSample Called for each event, from within {@linkcode poll} and {@linkcode consume};
   * `false` ends that call, and the rest comes with the next one.
   * @throws {BpfError} When the map can't be read.
   */
  constructor(map: MapHandle, onSample: OnSample) {
    this.#onSample = onSample;
    this.#callback = new Deno.UnsafeCallback(
      callbackShape,
      (_context, data, size) => this.#receive(data, size),
    );
    try {
      const { pointer } = this.#callback;
      const make = () => libbpf().ring_buffer__new(map.fd, pointer, null, null);
      this.#owned = new Owned(
        checkPtr(make, () => `read the ring buffer ${map.name}`),
        `ring buffer ${map.name}`,
        (ring) => libbpf().ring_buffer__free(ring),
      );
    } catch (error) {
      this.#callback.close();
      throw error;
    }
  }

  /**
   * Waits for events and receives what there is. The thread does nothing else meanwhile.
   *
   * @param timeoutMs Milliseconds to wait when there is none; -1 without end.
   * @returns How many were received.
   * @throws {BpfError} When the kernel refuses; and whatever `onSample` throws:
   * that event counts as received, those behind it come with the next call.
   */
  poll(timeoutMs: number): number {
    this.#begin();
    const rc = libbpf().ring_buffer__poll(this.#owned.pointer, timeoutMs);
    return this.#received(rc);
  }

  /**
   * Receives the events that are there, without waiting.
   *
   * @returns How many were received.
   * @throws As {@linkcode poll}.
   */
  consume(): number {
    this.#begin();
    const rc = libbpf().ring_buffer__consume(this.#owned.pointer);
    return this.#received(rc);
  }

  /** Can be waited for: there are events while it can be read. */
  get descriptor(): number {
    return libbpf().ring_buffer__epoll_fd(this.#owned.pointer);
  }

  [Symbol.dispose](): void {
    if (this.#owned.closed) return;
    this.#owned[Symbol.dispose]();
    this.#callback.close();
  }

  #begin(): void {
    this.#count = 0;
    this.#ended = false;
  }

  #received(rc: number): number {
    if (rc >= 0) return rc;
    if (this.#ended) return this.#count;
    const error = -rc;
    const failure = this.#failure;
    if (failure !== undefined) {
      this.#failure = undefined;
      throw failure.error;
    }
    // A signal ended the wait.
    if (error === Errno.EINTR) return 0;
    throw new BpfError(`read the ${this.#owned.what}`, error);
  }

  // An exception can't pass through C: it is kept, and ends the poll by a negative result.
  #receive(data: Deno.PointerValue, size: number): number {
    try {
      if (size > this.#bytes.byteLength) {
        this.#bytes = new Uint8Array(new ArrayBuffer(size * 2));
        this.#view = new DataView(this.#bytes.buffer);
      }
      libc().memcpy(this.#bytes, data, BigInt(size));
      this.#count++;
      this.#ended = this.#onSample(this.#view, size, this.#bytes) === false;
      return this.#ended ? -Errno.ECANCELED : 0;
    } catch (error) {
      this.#failure = { error };
      return -Errno.ECANCELED;
    }
  }
}
