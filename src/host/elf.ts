/**
 * The little of ELF that a BPF object needs: sections and symbols of a 64-bit
 * little-endian file.
 *
 * @module
 */

/** A section of an ELF file. */
export interface ElfSection {
  index: number;
  name: string;
  /** Bytes in memory. */
  size: number;
  /** Its bytes in the file; none for a section that is zero at first (.bss). */
  bytes: Uint8Array<ArrayBuffer>;
}

/** A symbol of an ELF file. */
export interface ElfSymbol {
  name: string;
  /** Index of the section it lies in. */
  section: number;
  /** Offset in that section. */
  value: number;
  size: number;
}

const sectionTypeNoBits = 8;
const sectionTypeSymbols = 2;
const symbolSize = 24;

/** A parsed ELF file. */
export class Elf {
  readonly sections: readonly ElfSection[];
  #symbolTables: { bytes: Uint8Array<ArrayBuffer>; strings: number }[] = [];

  /** @throws {SyntaxError} When the bytes are not a 64-bit little-endian ELF file. */
  constructor(file: Uint8Array<ArrayBuffer>) {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    // "\x7fELF", 64-bit, little-endian
    if (file.byteLength < 64 || view.getUint32(0) !== 0x7f454c46 || view.getUint16(4) !== 0x0201) {
      throw new SyntaxError("Not a 64-bit little-endian ELF file");
    }
    const headers = Number(view.getBigUint64(40, true));
    const headerSize = view.getUint16(58, true);
    const count = view.getUint16(60, true);
    const names = view.getUint16(62, true);
    if (headerSize < 64 || headers + count * headerSize > file.byteLength || names >= count) {
      throw new SyntaxError("The section table of the ELF file lies outside of it");
    }
    const nameOffsets: number[] = [];
    const sections: ElfSection[] = [];
    for (let index = 0; index < count; index++) {
      const at = headers + index * headerSize;
      const type = view.getUint32(at + 4, true);
      const offset = Number(view.getBigUint64(at + 24, true));
      const size = Number(view.getBigUint64(at + 32, true));
      const stored = type === sectionTypeNoBits || type === 0 ? 0 : size;
      if (offset + stored > file.byteLength) {
        throw new SyntaxError(`Section ${index} of the ELF file lies outside of it`);
      }
      const bytes = stored === 0 ? new Uint8Array() : file.subarray(offset, offset + stored);
      nameOffsets.push(view.getUint32(at, true));
      sections.push({ index, name: "", size, bytes });
      if (type === sectionTypeSymbols) {
        this.#symbolTables.push({ bytes, strings: view.getUint32(at + 40, true) });
      }
    }
    for (const section of sections) {
      section.name = cStringAt(sections[names]!.bytes, nameOffsets[section.index]!);
    }
    this.sections = sections;
  }

  /** The first section of this name. */
  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** Every named symbol. */
  symbols(): ElfSymbol[] {
    const symbols: ElfSymbol[] = [];
    for (const { bytes, strings } of this.#symbolTables) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const names = this.sections[strings]?.bytes;
      if (names === undefined) throw new SyntaxError("The symbols of the ELF file have no names");
      for (let at = 0; at + symbolSize <= bytes.byteLength; at += symbolSize) {
        const name = cStringAt(names, view.getUint32(at, true));
        if (name === "") continue;
        symbols.push({
          name,
          section: view.getUint16(at + 6, true),
          value: Number(view.getBigUint64(at + 8, true)),
          size: Number(view.getBigUint64(at + 16, true)),
        });
      }
    }
    return symbols;
  }
}

function cStringAt(bytes: Uint8Array, offset: number): string {
  const end = bytes.indexOf(0, offset);
  if (end < 0) throw new SyntaxError(`The ELF file has no text at ${offset}`);
  return new TextDecoder().decode(bytes.subarray(offset, end));
}
