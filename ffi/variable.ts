/**
 * Global variables of the BPF object (its .rodata, .data and .bss), as
 * layout.gen.ts describes them.
 *
 * @module
 */

/** How a variable's bytes are read; `bytes` is anything that isn't one number. */
export type VariableKind =
  | "bool"
  | "u8"
  | "i8"
  | "u16"
  | "i16"
  | "u32"
  | "i32"
  | "u64"
  | "i64"
  | "bytes";

/** One global variable: its place in its section. */
export interface Variable {
  readonly offset: number;
  readonly size: number;
  readonly kind: VariableKind;
}

/** A section of global variables, which is also the name of the map that holds it. */
export interface Section {
  readonly name: string;
  readonly size: number;
  readonly variables: Readonly<Record<string, Variable>>;
}

/** The type of a variable's value in TypeScript. */
export type VariableValue<K extends VariableKind> = K extends "u64" | "i64" ? bigint
  : K extends "bool" ? boolean
  : K extends "bytes" ? Uint8Array
  : number;

/** Values for some variables of a section, by name. */
export type SectionValues<S extends Section> = {
  readonly [N in keyof S["variables"]]?: VariableValue<S["variables"][N]["kind"]>;
};

/**
 * Reads a variable.
 *
 * @param view The bytes of its whole section.
 * @returns The value; bytes are a copy.
 */
export function readVariable<V extends Variable>(
  view: DataView,
  variable: V,
): VariableValue<V["kind"]>;
export function readVariable(
  view: DataView,
  { offset, size, kind }: Variable,
): VariableValue<VariableKind> {
  switch (kind) {
    case "bool":
      return view.getUint8(offset) !== 0;
    case "u8":
      return view.getUint8(offset);
    case "i8":
      return view.getInt8(offset);
    case "u16":
      return view.getUint16(offset, true);
    case "i16":
      return view.getInt16(offset, true);
    case "u32":
      return view.getUint32(offset, true);
    case "i32":
      return view.getInt32(offset, true);
    case "u64":
      return view.getBigUint64(offset, true);
    case "i64":
      return view.getBigInt64(offset, true);
    case "bytes":
      return new Uint8Array(view.buffer, view.byteOffset + offset, size).slice();
  }
}

/**
 * Writes a variable.
 *
 * @param view The bytes of its whole section.
 * @param value The value; integers are truncated to the variable's width.
 * @throws {RangeError} When bytes have another length than the variable.
 */
export function writeVariable<V extends Variable>(
  view: DataView,
  variable: V,
  value: VariableValue<V["kind"]>,
): void;
export function writeVariable(
  view: DataView,
  { offset, size, kind }: Variable,
  value: VariableValue<VariableKind>,
): void {
  if (value instanceof Uint8Array) {
    if (kind !== "bytes" || value.byteLength !== size) {
      throw new RangeError(
        `A variable of ${size} bytes (${kind}) cannot take ${value.byteLength} bytes`,
      );
    }
    new Uint8Array(view.buffer, view.byteOffset + offset, size).set(value);
    return;
  }
  switch (kind) {
    case "bool":
    case "u8":
    case "i8":
      return view.setUint8(offset, Number(value));
    case "u16":
    case "i16":
      return view.setUint16(offset, Number(value), true);
    case "u32":
    case "i32":
      return view.setUint32(offset, Number(value), true);
    case "u64":
    case "i64":
      return view.setBigUint64(offset, BigInt(value), true);
    case "bytes":
      throw new RangeError(`A variable of ${size} bytes cannot take the value ${value}`);
  }
}
