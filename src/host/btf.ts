/**
 * Reads BTF, the type information of a BPF object or of the running kernel.
 * Types are decoded when they are asked for, so that asking the kernel's (some
 * 100,000 of them) a few questions takes milliseconds.
 *
 * @module
 */

/** A member of a structure or union. */
export interface BtfMember {
  /** Empty for an anonymous structure or union. */
  name: string;
  type: number;
  /** From the start of the structure. */
  bitOffset: number;
  /** Bits of a bit field; 0 otherwise. */
  bitSize: number;
}

/** A constant of an enumeration. */
export interface BtfEnumerator {
  name: string;
  value: bigint;
}

/** A parameter of a function. */
export interface BtfParameter {
  name: string;
  /** 0 stands for `…`. */
  type: number;
}

/** A variable's place in its section. Compilers leave the offset 0; the symbol table has it. */
export interface BtfPlace {
  type: number;
  offset: number;
  size: number;
}

/** A type, discriminated by its kind. A `type` of 0 is void. */
export type BtfType =
  & { readonly id: number; readonly name: string }
  & (
    | { kind: "void" }
    | { kind: "int"; size: number; bits: number; signed: boolean; bool: boolean }
    | { kind: "float"; size: number }
    | {
      kind: "ptr" | "typedef" | "volatile" | "const" | "restrict" | "func" | "type_tag";
      type: number;
    }
    | { kind: "array"; type: number; length: number }
    | { kind: "struct" | "union"; size: number; members: BtfMember[] }
    | { kind: "enum" | "enum64"; size: number; signed: boolean; values: BtfEnumerator[] }
    | { kind: "fwd"; union: boolean }
    | { kind: "func_proto"; type: number; parameters: BtfParameter[] }
    | { kind: "var"; type: number; linkage: number }
    | { kind: "datasec"; size: number; places: BtfPlace[] }
    | { kind: "decl_tag"; type: number; component: number }
  );

/** The name of a kind of type. */
export type BtfKind = BtfType["kind"];

/** A type of a certain kind. */
export type BtfOf<K extends BtfKind> = BtfType & { kind: K };

const kinds = [
  "void",
  "int",
  "ptr",
  "array",
  "struct",
  "union",
  "enum",
  "fwd",
  "typedef",
  "volatile",
  "const",
  "restrict",
  "func",
  "func_proto",
  "var",
  "datasec",
  "float",
  "decl_tag",
  "type_tag",
  "enum64",
] as const satisfies BtfKind[];

// Words after the three that every type has: some for the type, some for each of its parts.
const fixedWords = [0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0];
const partWords = [0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3];

const magic = 0xeb9f;
const pointerSize = 8;

/** Parsed BTF. */
export class Btf {
  /** One more than the highest type number. */
  readonly typeCount: number;
  #words: Uint32Array;
  // Where each type starts in #words.
  #starts: Uint32Array;
  #strings: Uint8Array;
  #text: string | undefined;
  #indexes = new Map<BtfKind, Map<number, number>>();

  /**
   * @param bytes A whole `.BTF` section, or /sys/kernel/btf/vmlinux.
   * @throws {SyntaxError} When they are not little-endian BTF of version 1, or
   * hold a kind of type that is unknown here.
   */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.byteLength < 24 || view.getUint16(0, true) !== magic || view.getUint8(2) !== 1) {
      throw new SyntaxError("Not little-endian BTF of version 1");
    }
    const header = view.getUint32(4, true);
    const types = header + view.getUint32(8, true);
    const typeBytes = view.getUint32(12, true);
    const strings = header + view.getUint32(16, true);
    const stringBytes = view.getUint32(20, true);
    if (types + typeBytes > bytes.byteLength || strings + stringBytes > bytes.byteLength) {
      throw new SyntaxError("The sections of the BTF lie outside of it");
    }
    this.#strings = bytes.subarray(strings, strings + stringBytes);
    // A copy: the section may start at any offset.
    this.#words = new Uint32Array(bytes.slice(types, types + typeBytes).buffer, 0, typeBytes >> 2);
    this.#starts = new Uint32Array(this.#words.length / 3 + 1);
    let count = 1;
    for (let at = 0; at < this.#words.length;) {
      const kind = this.#kindAt(at);
      if (kind === 0 || kind >= kinds.length) {
        throw new SyntaxError(`Type ${count} of the BTF has the unknown kind ${kind}`);
      }
      this.#starts[count++] = at;
      at += 3 + fixedWords[kind]! + partWords[kind]! * this.#partsAt(at);
      if (at > this.#words.length) {
        throw new SyntaxError(`Type ${count - 1} of the BTF is cut off`);
      }
    }
    this.typeCount = count;
  }

  /**
   * Decodes a type.
   *
   * @param id From 0 (void) to below {@linkcode typeCount}.
   * @throws {RangeError} When there is no such type.
   */
  type(id: number): BtfType {
    if (id === 0) return { id, name: "", kind: "void" };
    if (!(id > 0 && id < this.typeCount)) throw new RangeError(`The BTF has no type ${id}`);
    const at = this.#starts[id]!;
    const kind = kinds[this.#kindAt(at)]!;
    const flag = this.#words[at + 1]! >>> 31 === 1;
    const name = this.#string(this.#words[at]!);
    const third = this.#words[at + 2]!;
    const rest = at + 3;
    switch (kind) {
      case "void":
        throw new RangeError(`The BTF has no type ${id}`);
      case "int": {
        const coding = this.#words[rest]!;
        const encoding = coding >>> 24 & 0xf;
        return {
          id,
          name,
          kind,
          size: third,
          bits: coding & 0xff,
          signed: (encoding & 1) !== 0,
          bool: (encoding & 4) !== 0,
        };
      }
      case "float":
        return { id, name, kind, size: third };
      case "ptr":
      case "typedef":
      case "volatile":
      case "const":
      case "restrict":
      case "func":
      case "type_tag":
        return { id, name, kind, type: third };
      case "array":
        return { id, name, kind, type: this.#words[rest]!, length: this.#words[rest + 2]! };
      case "struct":
      case "union":
        return { id, name, kind, size: third, members: this.#members(at, flag) };
      case "enum":
      case "enum64":
        return { id, name, kind, size: third, signed: flag, values: this.#enumerators(at, flag) };
      case "fwd":
        return { id, name, kind, union: flag };
      case "func_proto":
        return {
          id,
          name,
          kind,
          type: third,
          parameters: this.#parts(at, (part) => ({
            name: this.#string(this.#words[part]!),
            type: this.#words[part + 1]!,
          })),
        };
      case "var":
        return { id, name, kind, type: third, linkage: this.#words[rest]! };
      case "datasec":
        return {
          id,
          name,
          kind,
          size: third,
          places: this.#parts(at, (part) => ({
            type: this.#words[part]!,
            offset: this.#words[part + 1]!,
            size: this.#words[part + 2]!,
          })),
        };
      case "decl_tag":
        return { id, name, kind, type: third, component: this.#words[rest]! | 0 };
    }
  }

  /** Every type of a kind, in the order of their numbers. */
  *types<K extends BtfKind>(kind: K): Generator<BtfOf<K>> {
    const wanted = (kinds as readonly BtfKind[]).indexOf(kind);
    for (let id = 1; id < this.typeCount; id++) {
      if (this.#kindAt(this.#starts[id]!) !== wanted) continue;
      yield this.type(id) as BtfOf<K>;
    }
  }

  /**
   * The first type of this kind and name.
   *
   * @returns `undefined` when there is none.
   */
  find<K extends BtfKind>(kind: K, name: string): BtfOf<K> | undefined {
    const ids = this.#idsByName(kind);
    for (const offset of this.#stringOffsets(name)) {
      const id = ids.get(offset);
      if (id !== undefined) return this.type(id) as BtfOf<K>;
    }
    return undefined;
  }

  /** The type behind typedefs, const, volatile, restrict and tags. */
  resolve(id: number): BtfType {
    // A chain is never as long as the number of types; a longer one is a circle.
    for (let steps = 0; steps < this.typeCount; steps++) {
      const type = this.type(id);
      switch (type.kind) {
        case "typedef":
        case "volatile":
        case "const":
        case "restrict":
        case "type_tag":
          id = type.type;
          continue;
        default:
          return type;
      }
    }
    throw new SyntaxError(`Type ${id} of the BTF refers to itself`);
  }

  /**
   * Bytes of a value of this type.
   *
   * @throws {RangeError} When the type has no values.
   */
  sizeOf(id: number): number {
    const type = this.resolve(id);
    switch (type.kind) {
      case "ptr":
        return pointerSize;
      case "array":
        return type.length * this.sizeOf(type.type);
      case "int":
      case "float":
      case "struct":
      case "union":
      case "enum":
      case "enum64":
        return type.size;
      default:
        throw new RangeError(`Type ${id} (${type.kind} ${type.name}) has no size`);
    }
  }

  /** Whether there is a function of this name (also a kfunc or an LSM hook `bpf_lsm_…`). */
  hasFunction(name: string): boolean {
    return this.find("func", name) !== undefined;
  }

  /**
   * The parameters of a function.
   *
   * @returns `undefined` when there is no such function.
   */
  parametersOf(name: string): BtfParameter[] | undefined {
    const func = this.find("func", name);
    if (func === undefined) return undefined;
    const proto = this.type(func.type);
    return proto.kind === "func_proto" ? proto.parameters : undefined;
  }

  /**
   * Whether a structure has a field, directly or in an anonymous member.
   *
   * @param struct The structure's or union's name.
   */
  hasField(struct: string, field: string): boolean {
    const type = this.find("struct", struct) ?? this.find("union", struct);
    return type !== undefined && this.#hasMember(type.members, field);
  }

  #hasMember(members: BtfMember[], field: string): boolean {
    return members.some((member) => {
      if (member.name !== "") return member.name === field;
      const type = this.resolve(member.type);
      return (type.kind === "struct" || type.kind === "union") &&
        this.#hasMember(type.members, field);
    });
  }

  // The unused bits beside kind and number of parts are read too: they are
  // where the format can grow.
  #kindAt(at: number): number {
    return this.#words[at + 1]! >>> 24 & 0x7f;
  }

  #partsAt(at: number): number {
    return this.#words[at + 1]! & 0xffffff;
  }

  #parts<T>(at: number, decode: (part: number) => T): T[] {
    const size = partWords[this.#kindAt(at)]!;
    const count = this.#partsAt(at);
    const parts: T[] = [];
    for (let i = 0; i < count; i++) parts.push(decode(at + 3 + i * size));
    return parts;
  }

  #members(at: number, hasBitFields: boolean): BtfMember[] {
    return this.#parts(at, (part) => {
      const offset = this.#words[part + 2]!;
      return {
        name: this.#string(this.#words[part]!),
        type: this.#words[part + 1]!,
        bitOffset: hasBitFields ? offset & 0xffffff : offset,
        bitSize: hasBitFields ? offset >>> 24 : 0,
      };
    });
  }

  #enumerators(at: number, signed: boolean): BtfEnumerator[] {
    const wide = kinds[this.#kindAt(at)] === "enum64";
    return this.#parts(at, (part) => {
      const low = BigInt(this.#words[part + 1]!);
      const value = wide ? BigInt(this.#words[part + 2]!) << 32n | low : low;
      return {
        name: this.#string(this.#words[part]!),
        value: signed ? BigInt.asIntN(wide ? 64 : 32, value) : value,
      };
    });
  }

  #string(offset: number): string {
    if (offset === 0) return "";
    const end = this.#strings.indexOf(0, offset);
    if (end < 0) throw new SyntaxError(`The BTF has no text at ${offset}`);
    return new TextDecoder().decode(this.#strings.subarray(offset, end));
  }

  // The first type of a kind at each name's offset.
  #idsByName(kind: BtfKind): Map<number, number> {
    let ids = this.#indexes.get(kind);
    if (ids !== undefined) return ids;
    this.#indexes.set(kind, ids = new Map());
    const wanted = (kinds as readonly BtfKind[]).indexOf(kind);
    for (let id = this.typeCount - 1; id > 0; id--) {
      const at = this.#starts[id]!;
      if (this.#kindAt(at) === wanted) ids.set(this.#words[at]!, id);
    }
    return ids;
  }

  // Usually one, but a string may also be the end of a longer one.
  #stringOffsets(name: string): number[] {
    // Names are ASCII: one byte is one character.
    this.#text ??= new TextDecoder("latin1").decode(this.#strings);
    const offsets: number[] = [];
    const wanted = name + "\0";
    for (let at = this.#text.indexOf(wanted); at >= 0; at = this.#text.indexOf(wanted, at + 1)) {
      offsets.push(at);
    }
    return offsets;
  }
}
