/**
 * Maps whose memory this process shares with the kernel: single variables can
 * be read and written while programs change others.
 *
 * @module
 */
import { libc } from "./_libc_symbols.ts";
import { checkPtr } from "./error.ts";
import type { MapHandle } from "./map.ts";
import { readVariable, type Variable, type VariableValue, writeVariable } from "./variable.ts";

const protRead = 1;
const protWrite = 2;
const mapShared = 1;
const pageSize = 4096;

/** MAP_FAILED: the address -1. */
const failed = 0xffffffffffffffffn;

/** The memory of an array map that is made with BPF_F_MMAPABLE (.data and .bss always are). */
export class MappedMap implements Disposable {
  #what: string;
  #pointer: Deno.PointerObject;
  #length: bigint;
  #view: DataView | undefined;

  /**
   * @param map An array map; it may be disposed of afterwards.
   * @param options `writable`: whether variables may be set.
   * @throws {BpfError} When the map can't be shared.
   */
  constructor(map: MapHandle, options: { writable?: boolean } = {}) {
    const size = Math.ceil(map.valueSize / 8) * 8 * map.maxEntries;
    this.#what = map.name;
    this.#length = BigInt(Math.ceil(size / pageSize) * pageSize);
    const protection = options.writable ? protRead | protWrite : protRead;
    const pointer = checkPtr(() => {
      const memory = libc().mmap(null, this.#length, protection, mapShared, map.fd, 0n);
      return Deno.UnsafePointer.value(memory) === failed ? null : memory;
    }, `share the memory of map ${map.name}`);
    this.#pointer = pointer;
    this.#view = new DataView(Deno.UnsafePointerView.getArrayBuffer(pointer, size));
  }

  /** Reads a variable as the kernel has it now. */
  get<V extends Variable>(variable: V): VariableValue<V["kind"]> {
    return readVariable(this.#live(), variable);
  }

  /** Sets a variable at once for every program that runs. */
  set<V extends Variable>(variable: V, value: VariableValue<V["kind"]>): void {
    writeVariable(this.#live(), variable, value);
  }

  /** Copies bytes out, e.g. one element of an array. */
  read(offset: number, size: number): Uint8Array<ArrayBuffer> {
    const view = this.#live();
    return new Uint8Array(new Uint8Array(view.buffer, view.byteOffset + offset, size));
  }

  [Symbol.dispose](): void {
    if (this.#view === undefined) return;
    this.#view = undefined;
    libc().munmap(this.#pointer, this.#length);
  }

  // The view never leaves this object: touching it after munmap would be fatal.
  #live(): DataView {
    if (this.#view === undefined) {
      throw new Deno.errors.BadResource(`The memory of map ${this.#what} is no longer shared`);
    }
    return this.#view;
  }
}
