/**
 * Writes TypeScript for the types that a BPF object shares with user space.
 *
 * @module
 */
import { Btf, type BtfMember, type BtfOf } from "../src/host/btf.ts";
import { Elf, type ElfSymbol } from "../src/host/elf.ts";
import { stateLayout } from "./state_layout.ts";

/** Types and enumerations whose names start with this are written. */
const prefix = "lp_";

const header = `// Written by scripts/build_bpf.ts from the types of the BPF object: change
// those and build again.

`;

// Written when a structure needs them.
const helpers = {
  copy: `
function copy(view: DataView, offset: number, size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer, view.byteOffset + offset, size).slice();
}
`,
  put: `
function put(view: DataView, offset: number, size: number, value: ArrayBufferView): void {
  if (value.byteLength !== size) {
    throw new RangeError(\`A field of \${size} bytes cannot take \${value.byteLength} bytes\`);
  }
  new Uint8Array(view.buffer, view.byteOffset + offset, size)
    .set(new Uint8Array(value.buffer, value.byteOffset, size));
}
`,
};

/** Integers by kind: how a DataView reads and writes them, and arrays of them. */
const integers = {
  u8: { accessor: "Uint8", type: "number", array: "Uint8Array" },
  i8: { accessor: "Int8", type: "number", array: "Int8Array" },
  u16: { accessor: "Uint16", type: "number", array: "Uint16Array" },
  i16: { accessor: "Int16", type: "number", array: "Int16Array" },
  u32: { accessor: "Uint32", type: "number", array: "Uint32Array" },
  i32: { accessor: "Int32", type: "number", array: "Int32Array" },
  u64: { accessor: "BigUint64", type: "bigint", array: "BigUint64Array" },
  i64: { accessor: "BigInt64", type: "bigint", array: "BigInt64Array" },
} as const;

type Integer = keyof typeof integers;

/** What a field is made of. */
type Shape =
  | { form: "integer"; integer: Integer }
  | { form: "integers"; integer: Integer; length: number }
  | { form: "bytes" }
  | { form: "tail" }
  | { form: "struct"; struct: string }
  | { form: "structs"; struct: string; length: number; stride: number };

interface Field {
  name: string;
  offset: number;
  size: number;
  shape: Shape;
}

/**
 * Makes the text of layout.gen.ts (before formatting).
 *
 * @param object A BPF object with BTF.
 * @throws {SyntaxError} When it has none, or a type in it has no fixed
 * meaning for user space (implicit padding, bit fields, bool, anonymous unions).
 */
export function generateLayout(object: Uint8Array<ArrayBuffer>): string {
  const elf = new Elf(object);
  const section = elf.section(".BTF");
  if (section === undefined) throw new SyntaxError("The object has no BTF");
  const btf = new Btf(section.bytes);
  const structs = [...btf.types("struct")].filter(({ name }) => name.startsWith(prefix))
    .sort(byName);
  const variables = sections(btf, elf);
  const version = enums(btf).filter(({ name }) => name === "lp_state").map(enumText);
  const state = stateLayout(btf, [...version, ...variables.filter((text) => !isConstant(text))]);
  const text = [
    `/** What the maps hold, and where: objects that say the same can take over each other's. */
export const stateLayout = "${state}";
`,
    ...enums(btf).map(enumText),
    ...structs.map((struct) => structText(struct, fieldsOf(btf, struct))),
    ...variables,
  ].join("\n");
  const { copy, put } = helpers;
  return header + text + (text.includes("copy(") ? copy : "") + (text.includes("put(") ? put : "");
}

function enums(btf: Btf): (BtfOf<"enum"> | BtfOf<"enum64">)[] {
  return [...btf.types("enum"), ...btf.types("enum64")]
    .filter(({ name }) => name.startsWith(prefix)).sort(byName);
}

function enumText(type: BtfOf<"enum"> | BtfOf<"enum64">): string {
  const wide = type.values.some(({ value }) => !isSafe(value));
  const lines = type.values.map(({ name, value }) => `  ${name}: ${number(value, wide)},\n`);
  const name = pascalCase(type.name);
  return `/** \`enum ${type.name}\` */
export const ${name} = {
${lines.join("")}} as const;
/** A value of {@linkcode ${name}}. */
export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;
}

function fieldsOf(btf: Btf, struct: BtfOf<"struct">): Field[] {
  const fields: Field[] = [];
  const add = (members: BtfMember[], base: number) => {
    for (const member of members) {
      const where = `${struct.name}.${member.name || "(anonymous)"}`;
      if (member.bitSize !== 0 || member.bitOffset % 8 !== 0) refuse(where, "is a bit field");
      const offset = base + member.bitOffset / 8;
      const type = btf.resolve(member.type);
      if (member.name !== "") {
        const size = btf.sizeOf(member.type);
        const shape = shapeOf(btf, member.type, where);
        fields.push({ name: camelCase(member.name), offset, size, shape });
      } else if (type.kind === "struct") {
        add(type.members, offset);
      } else {
        refuse(where, "is an anonymous union: give it a name");
      }
    }
  };
  add(struct.members, 0);
  let end = 0;
  for (const field of fields) {
    if (field.offset !== end) {
      refuse(
        `${struct.name}.${field.name}`,
        `has ${field.offset - end} bytes of padding before it`,
      );
    }
    end += field.size;
  }
  if (end !== struct.size) refuse(struct.name, `ends in ${struct.size - end} bytes of padding`);
  return fields;
}

function shapeOf(btf: Btf, id: number, where: string): Shape {
  const type = btf.resolve(id);
  switch (type.kind) {
    case "ptr":
      return { form: "integer", integer: "u64" };
    case "int":
      if (type.bool) refuse(where, "is a bool: use __u8");
      return integer(type.size, type.signed, where);
    case "enum":
    case "enum64":
      return integer(type.size, type.signed, where);
    case "union":
      return { form: "bytes" };
    case "struct":
      if (type.name.startsWith(prefix)) return { form: "struct", struct: type.name };
      // A kernel's own type, e.g. bpf_spin_lock, means nothing to user space.
      return { form: "bytes" };
    case "array": {
      if (type.length === 0) return { form: "tail" };
      const element = btf.resolve(type.type);
      const { length } = type;
      if (element.kind === "array") return { form: "bytes" };
      const shape = shapeOf(btf, type.type, where);
      if (shape.form === "integer") {
        if (btf.sizeOf(type.type) === 1) return { form: "bytes" };
        return { form: "integers", integer: shape.integer, length };
      }
      if (shape.form === "struct") {
        return { form: "structs", struct: shape.struct, length, stride: btf.sizeOf(type.type) };
      }
      return { form: "bytes" };
    }
    default:
      return refuse(where, `is of the kind ${type.kind}`);
  }
}

function integer(size: number, signed: boolean, where: string): Shape {
  const name = `${signed ? "i" : "u"}${8 * size}`;
  if (!(name in integers)) refuse(where, `has ${size} bytes`);
  return { form: "integer", integer: name as Integer };
}

function structText(struct: BtfOf<"struct">, fields: Field[]): string {
  const type = pascalCase(struct.name);
  // A tail of any length is left to the caller, who knows its length.
  const values = fields.filter(({ shape }) => shape.form !== "tail");
  return `/** \`struct ${struct.name}\`: ${struct.size} bytes. */
export interface ${type} {
${values.map((field) => `  ${field.name}: ${typeOf(field.shape)};\n`).join("")}}
/** Where the fields of {@linkcode ${type}} lie. */
export const ${camelCase(struct.name)} = {
  size: ${struct.size},
  fields: {
${fields.map((field) => `    ${field.name}: ${placeText(field)},\n`).join("")}  },
} as const;
/** Reads a {@linkcode ${type}}. */
export function read${type}(view: DataView, base = 0): ${type} {
  return {
${values.map((field) => `    ${field.name}: ${readText(field)},\n`).join("")}  };
}
/** Writes a {@linkcode ${type}}. */
export function write${type}(view: DataView, base: number, value: ${type}): void {
${values.map((field) => `  ${writeText(field)}\n`).join("")}}
`;
}

function typeOf(shape: Shape): string {
  switch (shape.form) {
    case "integer":
      return integers[shape.integer].type;
    case "integers":
      return integers[shape.integer].array;
    case "bytes":
    case "tail":
      return "Uint8Array";
    case "struct":
      return pascalCase(shape.struct);
    case "structs":
      return `${pascalCase(shape.struct)}[]`;
  }
}

function placeText({ offset, size, shape }: Field): string {
  const kind = shape.form === "integer"
    ? shape.integer
    : shape.form === "integers"
    ? `${shape.integer}[]`
    : shape.form === "struct"
    ? shape.struct
    : shape.form === "structs"
    ? `${shape.struct}[]`
    : "bytes";
  return `{ offset: ${offset}, size: ${size}, kind: "${kind}" }`;
}

function at(offset: number): string {
  return offset === 0 ? "base" : `base + ${offset}`;
}

function littleEndian(integer: Integer): string {
  return integer.endsWith("8") ? "" : ", true";
}

function readText({ offset, size, shape }: Field): string {
  switch (shape.form) {
    case "integer":
      return `view.get${integers[shape.integer].accessor}(${at(offset)}${
        littleEndian(shape.integer)
      })`;
    case "integers":
      return `new ${integers[shape.integer].array}(copy(view, ${at(offset)}, ${size}).buffer)`;
    case "bytes":
    case "tail":
      return `copy(view, ${at(offset)}, ${size})`;
    case "struct":
      return `read${pascalCase(shape.struct)}(view, ${at(offset)})`;
    case "structs":
      return `Array.from({ length: ${shape.length} }, (_, i) => read${
        pascalCase(shape.struct)
      }(view, ${at(offset)} + i * ${shape.stride}))`;
  }
}

function writeText({ name, offset, size, shape }: Field): string {
  switch (shape.form) {
    case "integer":
      return `view.set${integers[shape.integer].accessor}(${at(offset)}, value.${name}${
        littleEndian(shape.integer)
      });`;
    case "integers":
    case "bytes":
    case "tail":
      return `put(view, ${at(offset)}, ${size}, value.${name});`;
    case "struct":
      return `write${pascalCase(shape.struct)}(view, ${at(offset)}, value.${name});`;
    case "structs":
      return `for (let i = 0; i < ${shape.length}; i++) write${pascalCase(shape.struct)}(view, ${
        at(offset)
      } + i * ${shape.stride}, value.${name}[i]!);`;
  }
}

/** Global variables; their offsets stand in the symbol table. */
function sections(btf: Btf, elf: Elf): string[] {
  const symbols = elf.symbols();
  return [...btf.types("datasec")]
    .filter(({ name }) => /^\.(rodata|data|bss)(\.|$)/.test(name)).sort(byName)
    .map((datasec) => sectionText(btf, elf, symbols, datasec));
}

function sectionText(
  btf: Btf,
  elf: Elf,
  symbols: ElfSymbol[],
  datasec: BtfOf<"datasec">,
): string {
  const section = elf.section(datasec.name);
  if (section === undefined) throw new SyntaxError(`The object has no section ${datasec.name}`);
  const variables = datasec.places.flatMap((place) => {
    const variable = btf.type(place.type);
    // Compilers make names with dots for variables inside of functions.
    if (variable.kind !== "var" || !/^\w+$/.test(variable.name)) return [];
    const symbol = symbols.find((symbol) =>
      symbol.section === section.index && symbol.name === variable.name
    );
    if (symbol === undefined) throw new SyntaxError(`There is no symbol for ${variable.name}`);
    return { name: camelCase(variable.name), offset: symbol.value, size: place.size, variable };
  }).sort((a, b) => a.offset - b.offset);
  const lines = variables.map(({ name, offset, size, variable }) =>
    `    ${name}: { offset: ${offset}, size: ${size}, kind: "${
      variableKind(btf, variable.type, variable.name)
    }" },\n`
  );
  return `/** The global variables in ${datasec.name}. */
export const ${camelCase(datasec.name.slice(1))} = {
  name: "${datasec.name}",
  size: ${section.size},
  variables: {
${lines.join("")}  },
} as const;
`;
}

/** Constants are the program's own, like its code. */
function isConstant(section: string): boolean {
  return section.includes(`name: ".rodata`);
}

function variableKind(btf: Btf, id: number, where: string): string {
  const type = btf.resolve(id);
  if (type.kind === "int" && type.bool) return "bool";
  const shape = shapeOf(btf, id, where);
  return shape.form === "integer" ? shape.integer : "bytes";
}

function refuse(where: string, why: string): never {
  throw new SyntaxError(`User space cannot use ${where}, because it ${why}`);
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function camelCase(name: string): string {
  return name.replace(/[_.]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + camelCase(name).slice(1);
}

function isSafe(value: bigint): boolean {
  return BigInt(Number(value)) === value && Number.isSafeInteger(Number(value));
}

function number(value: bigint, wide: boolean): string {
  if (!wide) return `${value}`;
  return value < 0n ? `${value}n` : `0x${value.toString(16)}n`;
}
