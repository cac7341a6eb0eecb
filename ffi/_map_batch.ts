import { abi } from "./_abi.ts";
import { pinnedBytes } from "./_memory.ts";
import { Errno } from "./errno.ts";
import { BpfError } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import type { MapHandle } from "./map.ts";

/** Called for an element; the views are reused for the next ones. */
export type VisitElement = (
  key: DataView,
  keyOffset: number,
  value: DataView,
  valueOffset: number,
) => void;

const firstBatch = 256;

/** Operations on many elements of one map, with the buffers they reuse. */
export class MapBatch {
  #map: MapHandle;
  #count = new Uint32Array(1);
  #options = pinnedBytes(abi.bpf_map_batch_opts.size);
  #capacity = 0;
  #keys = pinnedBytes(0);
  #values = pinnedBytes(0);

  constructor(map: MapHandle) {
    this.#map = map;
    new DataView(this.#options.buffer).setBigUint64(0, BigInt(this.#options.length), true);
  }

  forEach(visit: VisitElement): number {
    const { fd, name, keySize, valueBytes } = this.#map;
    // Where the walk stands: the kernel writes a bucket number or a key.
    let from: Uint8Array<ArrayBuffer> | null = null;
    let to = pinnedBytes(Math.max(keySize, 8));
    let other = pinnedBytes(Math.max(keySize, 8));
    if (this.#capacity === 0) this.#reserve(firstBatch);
    for (let total = 0;;) {
      this.#count[0] = this.#capacity;
      const rc = libbpf()
        .bpf_map_lookup_batch(fd, from, to, this.#keys, this.#values, this.#count, this.#options);
      const error = -rc;
      if (error === Errno.ENOSPC) {
        // One bucket of the hash holds more than the buffers.
        this.#reserve(this.#capacity * 2);
        continue;
      }
      if (from === null && isUnsupported(error)) return this.#forEachSingly(visit);
      // At the end of the map the kernel says ENOENT, with the last elements.
      if (error !== 0 && error !== Errno.ENOENT) {
        throw new BpfError(`walk through map ${name}`, error);
      }
      const count = this.#count[0]!;
      const keys = new DataView(this.#keys.buffer);
      const values = new DataView(this.#values.buffer);
      for (let i = 0; i < count; i++) visit(keys, i * keySize, values, i * valueBytes);
      total += count;
      if (error !== 0) return total;
      from = to;
      [to, other] = [other, to];
    }
  }

  #forEachSingly(visit: VisitElement): number {
    const key = pinnedBytes(this.#map.keySize);
    const next = pinnedBytes(this.#map.keySize);
    const value = pinnedBytes(this.#map.valueBytes);
    const keyView = new DataView(key.buffer);
    const valueView = new DataView(value.buffer);
    let total = 0;
    for (let more = this.#map.nextKey(null, next); more;) {
      key.set(next);
      // Before the visit, which may delete the element that is walked on from.
      more = this.#map.nextKey(key, next);
      if (!this.#map.lookup(key, value)) continue;
      visit(keyView, 0, valueView, 0);
      total++;
    }
    return total;
  }

  update(
    keys: Uint8Array<ArrayBuffer>,
    values: Uint8Array<ArrayBuffer>,
    count: number,
    flags: number,
  ): void {
    const { fd, name, keySize, valueBytes } = this.#map;
    checkRow(name, "keys", keys, count * keySize);
    checkRow(name, "values", values, count * valueBytes);
    if (count === 0) return;
    const { elem_flags } = abi.bpf_map_batch_opts.fields;
    const options = this.#options.slice();
    new DataView(options.buffer).setBigUint64(elem_flags, BigInt(flags), true);
    this.#count[0] = count;
    const rc = libbpf().bpf_map_update_batch(fd, keys, values, this.#count, options);
    if (rc === 0) return;
    const error = -rc;
    const done = this.#count[0]!;
    if (!isUnsupported(error)) {
      throw new BpfError(`update map ${name} (element ${done + 1} of ${count})`, error);
    }
    for (let i = 0; i < count; i++) {
      this.#map.update(row(keys, i, keySize), row(values, i, valueBytes), flags);
    }
  }

  delete(keys: Uint8Array<ArrayBuffer>, count: number): number {
    const { fd, name, keySize } = this.#map;
    checkRow(name, "keys", keys, count * keySize);
    let deleted = 0;
    for (let start = 0; start < count;) {
      this.#count[0] = count - start;
      const rest = keys.subarray(start * keySize);
      const rc = libbpf().bpf_map_delete_batch(fd, rest, this.#count, this.#options);
      if (rc === 0) return deleted + count - start;
      const error = -rc;
      if (isUnsupported(error)) {
        for (; start < count; start++) {
          if (this.#map.delete(row(keys, start, keySize))) deleted++;
        }
        return deleted;
      }
      if (error !== Errno.ENOENT) throw new BpfError(`delete from map ${name}`, error);
      // The kernel stops at a key that isn't there: go on behind it.
      deleted += this.#count[0]!;
      start += this.#count[0]! + 1;
    }
    return deleted;
  }

  #reserve(capacity: number): void {
    this.#capacity = capacity;
    this.#keys = pinnedBytes(capacity * this.#map.keySize);
    this.#values = pinnedBytes(capacity * this.#map.valueBytes);
  }
}

// The map's kind knows no batches (ENOTSUPP), or the kernel doesn't (EINVAL).
function isUnsupported(error: number): boolean {
  return error === Errno.ENOTSUPP || error === Errno.EINVAL || error === Errno.EOPNOTSUPP;
}

function row(bytes: Uint8Array<ArrayBuffer>, index: number, size: number): Uint8Array<ArrayBuffer> {
  return bytes.subarray(index * size, (index + 1) * size);
}

function checkRow(name: string, what: string, bytes: Uint8Array, size: number): void {
  if (bytes.byteLength < size) {
    throw new RangeError(
      `The ${what} of a batch for map ${name} take ${size} bytes, not ${bytes.byteLength}`,
    );
  }
}
