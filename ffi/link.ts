/**
 * Links: what keeps a program attached.
 *
 * @module
 */
import { abi } from "./_abi.ts";
import { cString, pinnedBytes, readCString } from "./_memory.ts";
import { Owned } from "./_owned.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkInt, checkPtr } from "./error.ts";
import { libbpf } from "./libbpf.ts";

/** What the kernel says about a link. */
export interface LinkInfo {
  id: number;
  /** Number of the attached program. */
  programId: number;
}

/** An attachment, which ends when it is disposed of, unless it is pinned. */
export class Link implements Disposable {
  #owned: Owned;

  /**
   * @param pointer A `bpf_link`; this object owns it from now on.
   * @param what Names it in errors.
   */
  constructor(pointer: Deno.PointerObject, what: string) {
    this.#owned = new Owned(pointer, what, (link) => {
      libbpf().bpf_link__destroy(link);
    });
  }

  /**
   * Opens a link that is pinned in a BPF filesystem.
   *
   * @returns `undefined` when nothing is there.
   * @throws {BpfError} When the kernel refuses.
   */
  static openPinned(path: string): Link | undefined {
    const what = `link pinned to ${path}`;
    try {
      const pointer = checkPtr(() => libbpf().bpf_link__open(cString(path)), `open the ${what}`);
      return new Link(pointer, what);
    } catch (error) {
      if (error instanceof BpfError && error.errno === Errno.ENOENT) return undefined;
      throw error;
    }
  }

  /** The link's descriptor; it belongs to this object. */
  get fd(): number {
    return checkInt(
      libbpf().bpf_link__fd(this.#owned.pointer),
      () => `get the descriptor of the ${this.#owned.what}`,
    );
  }

  /** Where it is pinned. */
  get pinPath(): string | undefined {
    return readCString(libbpf().bpf_link__pin_path(this.#owned.pointer)) || undefined;
  }

  /**
   * Asks the kernel about the link.
   *
   * @throws {BpfError} When the kernel refuses.
   */
  info(): LinkInfo {
    const { fields } = abi.bpf_link_info;
    // The kernel fills what it knows and what fits.
    const bytes = pinnedBytes(128);
    const length = new Uint32Array([bytes.length]);
    checkInt(
      libbpf().bpf_obj_get_info_by_fd(this.fd, bytes, length),
      () => `ask what the ${this.#owned.what} is`,
    );
    const view = new DataView(bytes.buffer);
    return {
      id: view.getUint32(fields.id, true),
      programId: view.getUint32(fields.prog_id, true),
    };
  }

  /**
   * Pins the link in a BPF filesystem, so that the attachment outlives this process.
   *
   * @throws {BpfError} EEXIST when the path is taken or the link is pinned already, and others.
   */
  pin(path: string): void {
    checkInt(
      libbpf().bpf_link__pin(this.#owned.pointer, cString(path)),
      () => `pin the ${this.#owned.what} to ${path}`,
    );
  }

  /**
   * Removes the pin; the attachment ends with this object then.
   *
   * @throws {BpfError} EINVAL when it isn't pinned, and others.
   */
  unpin(): void {
    checkInt(
      libbpf().bpf_link__unpin(this.#owned.pointer),
      () => `unpin the ${this.#owned.what}`,
    );
  }

  /** Lets the attachment last as long as this process, even when this object is disposed of. */
  disconnect(): void {
    libbpf().bpf_link__disconnect(this.#owned.pointer);
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}
