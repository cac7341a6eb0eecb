/**
 * BPF maps: making them, opening pinned ones, and their elements.
 *
 * @module
 */
import { abi } from "./_abi.ts";
import { cString, fixedString, pinnedBytes } from "./_memory.ts";
import { libc } from "./_libc_symbols.ts";
import type { Owned } from "./_owned.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkInt } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { MapBatch, type VisitElement } from "./_map_batch.ts";

/** Kinds of maps, numbered as in the kernel. */
export const MapType = {
  hash: 1,
  array: 2,
  perCpuHash: 5,
  perCpuArray: 6,
  lruHash: 9,
  lruPerCpuHash: 10,
  lpmTrie: 11,
  arrayOfMaps: 12,
  hashOfMaps: 13,
  ringBuffer: 27,
  inodeStorage: 28,
  taskStorage: 29,
} as const;

/** What an update does about an element that exists or doesn't. */
export const Update = {
  /** Makes or overwrites it. */
  any: 0,
  /** Fails with EEXIST when it exists. */
  create: 1,
  /** Fails with ENOENT when it doesn't. */
  overwrite: 2,
} as const;

/** Flags of {@linkcode MapHandle.create}. */
export const MapFlag = { noPrealloc: 1, mmapable: 1 << 10 } as const;

/** What {@linkcode MapHandle.create} makes. */
export interface MapOptions {
  /** One of {@linkcode MapType}. */
  type: number;
  /** Up to 15 characters. */
  name: string;
  keySize: number;
  valueSize: number;
  maxEntries: number;
  /** Of {@linkcode MapFlag}. */
  flags?: number;
}

/** What a map is. */
export interface MapShape {
  name: string;
  /** One of {@linkcode MapType}. */
  type: number;
  keySize: number;
  /** As declared; see `MapHandle.valueBytes` for what a lookup gives. */
  valueSize: number;
  maxEntries: number;
}

const perCpuTypes: ReadonlySet<number> = new Set([
  MapType.perCpuHash,
  MapType.perCpuArray,
  MapType.lruPerCpuHash,
]);

/** A map that exists in the kernel. */
export class MapHandle implements Disposable {
  readonly name: string;
  /** One of {@linkcode MapType}. */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  /** Bytes of what a lookup gives: one value, or one for each possible CPU at multiples of 8. */
  readonly valueBytes: number;
  readonly maxEntries: number;
  #fd: number;
  #owner: Owned | undefined;
  #batch: MapBatch | undefined;

  /**
   * @param fd The map's descriptor.
   * @param owner The loaded object that the descriptor belongs to; without one
   * it belongs to this handle.
   */
  constructor(fd: number, shape: MapShape, owner?: Owned) {
    this.#fd = fd;
    this.#owner = owner;
    this.name = shape.name;
    this.type = shape.type;
    this.keySize = shape.keySize;
    this.valueSize = shape.valueSize;
    this.maxEntries = shape.maxEntries;
    this.valueBytes = perCpuTypes.has(shape.type)
      ? Math.ceil(shape.valueSize / 8) * 8 * possibleCpus()
      : shape.valueSize;
  }

  /**
   * Makes a map, for example one to put into a map of maps.
   *
   * @throws {BpfError} When the kernel refuses.
   */
  static create(options: MapOptions): MapHandle {
    const { type, name, keySize, valueSize, maxEntries, flags = 0 } = options;
    const { size, fields } = abi.bpf_map_create_opts;
    const opts = new DataView(pinnedBytes(size).buffer);
    opts.setBigUint64(0, BigInt(size), true);
    opts.setUint32(fields.map_flags, flags, true);
    const fd = libbpf().bpf_map_create(
      type,
      cString(name),
      keySize,
      valueSize,
      maxEntries,
      new Uint8Array(opts.buffer),
    );
    return new MapHandle(checkInt(fd, () => `create map ${name}`), options);
  }

  /**
   * Opens a map that is pinned in a BPF filesystem.
   *
   * @returns `undefined` when nothing is there.
   * @throws {BpfError} When the kernel refuses.
   */
  static openPinned(path: string): MapHandle | undefined {
    const fd = libbpf().bpf_obj_get(cString(path));
    if (fd < 0) {
      const error = -fd;
      if (error === Errno.ENOENT) return undefined;
      throw new BpfError(`open the pinned map ${path}`, error);
    }
    try {
      return new MapHandle(fd, shapeOf(fd, path));
    } catch (error) {
      libc().close(fd);
      throw error;
    }
  }

  /**
   * The map's descriptor.
   *
   * @throws {Deno.errors.BadResource} When the handle, or the object that the map belongs to, is
   * closed.
   */
  get fd(): number {
    if (this.#fd < 0 || this.#owner?.closed) {
      throw new Deno.errors.BadResource(`The map ${this.name} is closed already`);
    }
    return this.#fd;
  }

  /**
   * The map's number in the kernel.
   *
   * @throws {BpfError} When the kernel refuses.
   */
  get id(): number {
    return infoOf(this.fd, this.name).getUint32(abi.bpf_map_info.fields.id, true);
  }

  /**
   * Reads an element.
   *
   * @param key `keySize` bytes.
   * @param into Receives `valueBytes` bytes.
   * @returns Whether there is such an element; `into` is untouched otherwise.
   * @throws {BpfError} When the kernel refuses.
   */
  lookup(key: Uint8Array<ArrayBuffer>, into: Uint8Array<ArrayBuffer>): boolean {
    this.#checkSizes(key, into);
    const rc = libbpf().bpf_map_lookup_elem(this.fd, key, into);
    return rc === 0 || this.#missing(rc, "look up in");
  }

  /**
   * Reads an element and removes it in one step.
   *
   * @param into Receives `valueBytes` bytes.
   * @returns Whether there was such an element.
   * @throws {BpfError} When the kernel refuses.
   */
  take(key: Uint8Array<ArrayBuffer>, into: Uint8Array<ArrayBuffer>): boolean {
    this.#checkSizes(key, into);
    const rc = libbpf().bpf_map_lookup_and_delete_elem(this.fd, key, into);
    return rc === 0 || this.#missing(rc, "take from");
  }

  /**
   * Writes an element.
   *
   * @param flags One of {@linkcode Update}.
   * @throws {BpfError} E2BIG when the map is full, EEXIST and ENOENT as `flags` say, and others.
   */
  update(
    key: Uint8Array<ArrayBuffer>,
    value: Uint8Array<ArrayBuffer>,
    flags: number = Update.any,
  ): void {
    this.#checkSizes(key, value);
    const rc = libbpf().bpf_map_update_elem(this.fd, key, value, BigInt(flags));
    if (rc !== 0) checkInt(rc, () => `update map ${this.name}`);
  }

  /**
   * Puts a map into this map of maps. The kernel keeps it while it is there,
   * so its handle may be disposed of.
   *
   * @throws {BpfError} EINVAL when it isn't shaped as this map wants them, and others.
   */
  updateMap(key: Uint8Array<ArrayBuffer>, inner: MapHandle): void {
    this.update(key, new Uint8Array(new Uint32Array([inner.fd]).buffer));
  }

  /**
   * Removes an element.
   *
   * @returns Whether there was one.
   * @throws {BpfError} When the kernel refuses.
   */
  delete(key: Uint8Array<ArrayBuffer>): boolean {
    this.#checkSizes(key);
    const rc = libbpf().bpf_map_delete_elem(this.fd, key);
    return rc === 0 || this.#missing(rc, "delete from");
  }

  /**
   * Finds the key that follows another one.
   *
   * @param key `null` for the first; the first also follows a key that is no longer there.
   * @param into Receives `keySize` bytes; may be `key` itself.
   * @returns `false` when `key` was the last.
   * @throws {BpfError} When the kernel refuses.
   */
  nextKey(key: Uint8Array<ArrayBuffer> | null, into: Uint8Array<ArrayBuffer>): boolean {
    if (key !== null) this.#checkSizes(key);
    this.#checkSizes(into);
    const rc = libbpf().bpf_map_get_next_key(this.fd, key, into);
    return rc === 0 || this.#missing(rc, "walk through");
  }

  /**
   * Visits every element, many in one system call where the kernel can. An
   * element that is added or removed meanwhile may or may not be visited; the
   * visitor may delete elements, but not start another walk through this handle.
   *
   * @param visit Gets views and offsets that hold only during the call.
   * @returns How many were visited.
   * @throws {BpfError} When the kernel refuses.
   */
  forEach(visit: VisitElement): number {
    return (this.#batch ??= new MapBatch(this)).forEach(visit);
  }

  /**
   * Writes many elements, in one system call where the kernel can.
   *
   * @param keys `count` keys in a row.
   * @param values `count` values of `valueBytes` in a row.
   * @param flags One of {@linkcode Update}.
   * @throws {BpfError} As {@linkcode update}; those before the bad one are written.
   */
  updateBatch(
    keys: Uint8Array<ArrayBuffer>,
    values: Uint8Array<ArrayBuffer>,
    count: number,
    flags: number = Update.any,
  ): void {
    (this.#batch ??= new MapBatch(this)).update(keys, values, count, flags);
  }

  /**
   * Removes many elements, in one system call where the kernel can.
   *
   * @param keys `count` keys in a row.
   * @returns How many of them were there.
   * @throws {BpfError} When the kernel refuses.
   */
  deleteBatch(keys: Uint8Array<ArrayBuffer>, count: number): number {
    return (this.#batch ??= new MapBatch(this)).delete(keys, count);
  }

  /**
   * Pins the map in a BPF filesystem, so that it outlives this process.
   *
   * @throws {BpfError} EEXIST when the path is taken, and others.
   */
  pin(path: string): void {
    checkInt(
      libbpf().bpf_obj_pin(this.fd, cString(path)),
      () => `pin map ${this.name} to ${path}`,
    );
  }

  [Symbol.dispose](): void {
    if (this.#fd >= 0 && this.#owner === undefined) libc().close(this.#fd);
    this.#fd = -1;
  }

  // The kernel reads and writes as many bytes as the map says, whatever length JavaScript gives.
  #checkSizes(key: Uint8Array, value?: Uint8Array): void {
    if (key.byteLength !== this.keySize) {
      throw new RangeError(
        `A key of map ${this.name} has ${this.keySize} bytes, not ${key.byteLength}`,
      );
    }
    if (value !== undefined && value.byteLength !== this.valueBytes) {
      throw new RangeError(
        `A value of map ${this.name} has ${this.valueBytes} bytes, not ${value.byteLength}`,
      );
    }
  }

  #missing(rc: number, verb: string): false {
    const error = -rc;
    if (error === Errno.ENOENT) return false;
    throw new BpfError(`${verb} map ${this.name}`, error);
  }
}

let cpus: number | undefined;

/**
 * How many CPUs the kernel may ever see; a per-CPU value has a slot for each.
 *
 * @throws {BpfError} When /sys can't be read.
 */
export function possibleCpus(): number {
  return cpus ??= checkInt(libbpf().libbpf_num_possible_cpus(), "count the possible CPUs");
}

function infoOf(fd: number, what: string): DataView<ArrayBuffer> {
  const { size } = abi.bpf_map_info;
  const info = pinnedBytes(size);
  const length = new Uint32Array([size]);
  checkInt(
    libbpf().bpf_obj_get_info_by_fd(fd, info, length),
    () => `ask what map ${what} is`,
  );
  return new DataView(info.buffer);
}

function shapeOf(fd: number, what: string): MapShape {
  const { fields } = abi.bpf_map_info;
  const view = infoOf(fd, what);
  return {
    name: fixedString(new Uint8Array(view.buffer, fields.name, 16)),
    type: view.getUint32(fields.type, true),
    keySize: view.getUint32(fields.key_size, true),
    valueSize: view.getUint32(fields.value_size, true),
    maxEntries: view.getUint32(fields.max_entries, true),
  };
}
