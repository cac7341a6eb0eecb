/**
 * BPF objects: opened, then loaded. Each phase is a class of its own, so that
 * what is no longer possible doesn't compile.
 *
 * @module
 */
import { abi } from "./_abi.ts";
import { libc } from "./_libc_symbols.ts";
import { addressOf, cString, pinnedBytes, readCString } from "./_memory.ts";
import { Owned } from "./_owned.ts";
import { Errno } from "./errno.ts";
import { BpfError, checkInt, checkPtr } from "./error.ts";
import { libbpf } from "./libbpf.ts";
import { MapHandle, type MapShape } from "./map.ts";
import { OpenProgram, Program } from "./program.ts";
import { readVariable, type Section, type SectionValues, writeVariable } from "./variable.ts";
import type { Variable, VariableValue } from "./variable.ts";

// include/uapi/asm-generic/mman-common.h
const madvDontNeed = 4;
const madvRemove = 9;

// As much as any verifier writes. The pages cost nothing until it does.
const defaultLogSize = 16 << 20;

/** Options of {@linkcode OpenObject}. */
export interface OpenOptions {
  /** The object's name; the kernel shows the first 8 characters with internal maps. */
  name: string;
  /** Bytes of room for the verifier's log; too little makes loading fail with ENOSPC. */
  logSize?: number;
}

/** An object whose maps and programs can still be changed. */
export class OpenObject implements Disposable {
  readonly name: string;
  #owned: Owned;
  // libbpf keeps its address until the object is loaded.
  #log: Uint8Array<ArrayBuffer>;

  /**
   * Opens an object. Nothing reaches the kernel yet.
   *
   * @param elf The compiled object file.
   * @throws {BpfError} When it isn't a BPF object.
   * @throws {LibraryMissing} When libbpf isn't installed.
   */
  constructor(elf: Uint8Array<ArrayBuffer>, options: OpenOptions) {
    const { size, fields } = abi.bpf_object_open_opts;
    this.name = options.name;
    this.#log = pinnedBytes(options.logSize ?? defaultLogSize);
    const name = cString(options.name);
    const opts = pinnedBytes(size);
    const view = new DataView(opts.buffer);
    view.setBigUint64(0, BigInt(size), true);
    view.setBigUint64(fields.object_name, addressOf(name), true);
    view.setBigUint64(fields.kernel_log_buf, addressOf(this.#log), true);
    view.setBigUint64(fields.kernel_log_size, BigInt(this.#log.byteLength), true);
    // Level 0: libbpf asks for the log only when a program was refused.
    view.setUint32(fields.kernel_log_level, 0, true);
    const open = () => libbpf().bpf_object__open_mem(elf, BigInt(elf.byteLength), opts);
    this.#owned = new Owned(
      checkPtr(open, () => `open object ${this.name}`),
      `opened object ${this.name}`,
      (object) => libbpf().bpf_object__close(object),
    );
  }

  /** Every map, in the order of the object. */
  maps(): OpenMap[] {
    return mapPointers(this.#owned).map((pointer) => new OpenMap(pointer, this.#owned));
  }

  /**
   * The map of this name; `.rodata`, `.data` and `.bss` are maps too.
   *
   * @throws {BpfError} ENOENT when there is none.
   */
  map(name: string): OpenMap {
    return new OpenMap(findMap(this.#owned, name), this.#owned);
  }

  /** Every program, in the order of the object. */
  programs(): OpenProgram[] {
    return programPointers(this.#owned).map((pointer) => new OpenProgram(pointer, this.#owned));
  }

  /**
   * The program of this name.
   *
   * @throws {BpfError} ENOENT when there is none.
   */
  program(name: string): OpenProgram {
    return new OpenProgram(findProgram(this.#owned, name), this.#owned);
  }

  /**
   * Sets global variables, which programs see from their first instruction on.
   *
   * @param section As layout.gen.ts describes it.
   * @param values The variables to set; the others keep what the C file says.
   * @throws {BpfError} When the object has no such section, or another one than described.
   */
  setVariables<S extends Section>(section: S, values: SectionValues<S>): void {
    const map = this.map(section.name);
    const bytes = map.initialValue();
    if (bytes.byteLength !== section.size) {
      throw new RangeError(
        `Section ${section.name} of object ${this.name} has ${bytes.byteLength} bytes, ` +
          `but was expected to have ${section.size}`,
      );
    }
    const view = new DataView(bytes.buffer);
    for (const [name, value] of Object.entries(values)) {
      const variable = section.variables[name];
      if (variable === undefined) {
        throw new RangeError(`Section ${section.name} has no variable ${name}`);
      }
      if (value !== undefined) writeVariable(view, variable, value);
    }
    map.setInitialValue(bytes);
  }

  /** Reads a global variable as the programs will see it first. */
  getVariable<V extends Variable>(section: Section, variable: V): VariableValue<V["kind"]> {
    return readVariable(new DataView(this.map(section.name).initialValue().buffer), variable);
  }

  /**
   * Makes the maps and loads the programs. Afterwards this object is closed,
   * whether that worked or not.
   *
   * @throws {BpfError} When the kernel refuses, with the verifier's log if it gave one.
   */
  load(): LoadedObject {
    const rc = libbpf().bpf_object__load(this.#owned.pointer);
    if (rc < 0) {
      const error = -rc;
      const log = readLog(this.#log);
      this[Symbol.dispose]();
      throw new BpfError(`load object ${this.name}`, error, { log });
    }
    for (const pointer of mapPointers(this.#owned)) giveTablesBack(pointer);
    const loaded = new LoadedObject(this.#owned.release(), this.name);
    this.#log = pinnedBytes(0);
    return loaded;
  }

  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
    this.#log = pinnedBytes(0);
  }
}

/** An object that is in the kernel: its maps exist, its programs can be attached. */
export class LoadedObject implements Disposable {
  readonly name: string;
  #owned: Owned;
  // Those that were asked for: some are for each mark.
  readonly #maps = new Map<string, MapHandle>();
  readonly #programs = new Map<string, Program>();

  /** @param pointer A loaded `bpf_object`; this object owns it from now on. */
  constructor(pointer: Deno.PointerObject, name: string) {
    this.name = name;
    this.#owned = new Owned(
      pointer,
      `loaded object ${name}`,
      (object) => libbpf().bpf_object__close(object),
    );
  }

  /**
   * The map of this name; `.rodata`, `.data` and `.bss` are maps too. It can be
   * used until this object is disposed of.
   *
   * @throws {BpfError} ENOENT when there is none.
   * @throws {Deno.errors.BadResource} When this object is closed.
   */
  map(name: string): MapHandle {
    this.#owned.pointer;
    let map = this.#maps.get(name);
    if (!map) this.#maps.set(name, map = this.#handle(findMap(this.#owned, name)));
    return map;
  }

  /** Every map, in the order of the object. */
  maps(): MapHandle[] {
    return mapPointers(this.#owned).map((pointer) => this.#handle(pointer));
  }

  /** Every program, loaded or not, in the order of the object. */
  programs(): Program[] {
    return programPointers(this.#owned).map((pointer) => new Program(pointer, this.#owned));
  }

  /**
   * The program of this name. It can be used until this object is disposed of.
   *
   * @throws {BpfError} ENOENT when there is none.
   */
  program(name: string): Program {
    this.#owned.pointer;
    let program = this.#programs.get(name);
    if (!program) {
      program = new Program(findProgram(this.#owned, name), this.#owned);
      this.#programs.set(name, program);
    }
    return program;
  }

  #handle(pointer: Deno.PointerObject): MapHandle {
    const shape = shapeOf(pointer);
    const fd = checkInt(
      libbpf().bpf_map__fd(pointer),
      () => `get the descriptor of map ${shape.name}`,
    );
    return new MapHandle(fd, shape, this.#owned);
  }

  /** Closes maps and programs; what is pinned or attached by a link stays. */
  [Symbol.dispose](): void {
    this.#owned[Symbol.dispose]();
  }
}

/** A map of an object that isn't loaded yet. */
export class OpenMap implements MapShape {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  #pointer: Deno.PointerObject;
  #owner: Owned;

  /**
   * @param pointer A `bpf_map` of the object.
   * @param owner The object.
   */
  constructor(pointer: Deno.PointerObject, owner: Owned) {
    this.#pointer = pointer;
    this.#owner = owner;
    const { name, type, keySize, valueSize } = shapeOf(pointer);
    this.name = name;
    this.type = type;
    this.keySize = keySize;
    this.valueSize = valueSize;
  }

  /** How many elements it will have room for. */
  get maxEntries(): number {
    return libbpf().bpf_map__max_entries(this.#live());
  }

  set maxEntries(value: number) {
    checkInt(
      libbpf().bpf_map__set_max_entries(this.#live(), value),
      () => `set the size of map ${this.name} to ${value}`,
    );
  }

  /** Leaves the map out, for kernels that lack its kind. No loaded program may use it then. */
  disable(): void {
    checkInt(
      libbpf().bpf_map__set_autocreate(this.#live(), false),
      () => `leave out map ${this.name}`,
    );
  }

  /**
   * Takes the map that is pinned there when the object is loaded, or pins the
   * new one there. A pinned map of another shape makes loading fail.
   */
  setPinPath(path: string): void {
    checkInt(
      libbpf().bpf_map__set_pin_path(this.#live(), cString(path)),
      () => `set the pin of map ${this.name} to ${path}`,
    );
  }

  /**
   * Uses an existing map instead of making one. The handle may be disposed of afterwards.
   *
   * @throws {BpfError} When the kernel refuses.
   */
  reuse(map: MapHandle): void {
    checkInt(
      libbpf().bpf_map__reuse_fd(this.#live(), map.fd),
      () => `use an existing map for ${this.name}`,
    );
  }

  /**
   * A copy of what the map will hold at first.
   *
   * @throws {BpfError} When it isn't a map of global variables.
   */
  initialValue(): Uint8Array<ArrayBuffer> {
    const size = new BigUint64Array(1);
    const pointer = libbpf().bpf_map__initial_value(this.#live(), size);
    if (pointer === null) {
      // This function alone sets no error number.
      throw new BpfError(`read the initial value of map ${this.name}`, Errno.EINVAL);
    }
    const bytes = pinnedBytes(Number(size[0]));
    Deno.UnsafePointerView.copyInto(pointer, bytes);
    return bytes;
  }

  /**
   * Sets what the map will hold at first.
   *
   * @param bytes As many as {@linkcode initialValue} gives.
   * @throws {BpfError} When it isn't a map of global variables.
   */
  setInitialValue(bytes: Uint8Array<ArrayBuffer>): void {
    checkInt(
      libbpf().bpf_map__set_initial_value(this.#live(), bytes, BigInt(bytes.byteLength)),
      () => `set the initial value of map ${this.name}`,
    );
  }

  #live(): Deno.PointerObject {
    this.#owner.pointer;
    return this.#pointer;
  }
}

/**
 * libbpf keeps what global variables are at first for as long as the object lives. Those in
 * sections of their own are tables of megabytes, which nobody asks it for: their memory goes back.
 */
function giveTablesBack(map: Deno.PointerObject): void {
  if (!readCString(libbpf().bpf_map__name(map)).startsWith(".bss.")) return;
  const size = new BigUint64Array(1);
  const value = libbpf().bpf_map__initial_value(map, size);
  if (value === null) return;
  // From libbpf 1.6 on it is the map itself, which stays, and is only no longer seen from here.
  if (libc().madvise(value, size[0]!, madvRemove) !== 0) {
    libc().madvise(value, size[0]!, madvDontNeed);
  }
}

function shapeOf(pointer: Deno.PointerObject): MapShape {
  return {
    name: readCString(libbpf().bpf_map__name(pointer)),
    type: libbpf().bpf_map__type(pointer),
    keySize: libbpf().bpf_map__key_size(pointer),
    valueSize: libbpf().bpf_map__value_size(pointer),
    maxEntries: libbpf().bpf_map__max_entries(pointer),
  };
}

function findMap(owned: Owned, name: string): Deno.PointerObject {
  const find = () => libbpf().bpf_object__find_map_by_name(owned.pointer, cString(name));
  return checkPtr(find, () => `find map ${name} in the ${owned.what}`);
}

function findProgram(owned: Owned, name: string): Deno.PointerObject {
  const find = () => libbpf().bpf_object__find_program_by_name(owned.pointer, cString(name));
  return checkPtr(find, () => `find program ${name} in the ${owned.what}`);
}

function mapPointers(owned: Owned): Deno.PointerObject[] {
  return all((previous) => libbpf().bpf_object__next_map(owned.pointer, previous));
}

function programPointers(owned: Owned): Deno.PointerObject[] {
  return all((previous) => libbpf().bpf_object__next_program(owned.pointer, previous));
}

function all(next: (previous: Deno.PointerValue) => Deno.PointerValue): Deno.PointerObject[] {
  const found: Deno.PointerObject[] = [];
  for (let item = next(null); item !== null; item = next(item)) found.push(item);
  return found;
}

function readLog(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
