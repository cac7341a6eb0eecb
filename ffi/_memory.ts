/** Bytes whose address may be kept by C: they never move (small views of V8's own heap may). */
export function pinnedBytes(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size));
}

/** The address of bytes, as a structure field. The caller keeps `bytes` alive. */
export function addressOf(bytes: Uint8Array<ArrayBuffer>): bigint {
  return Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
}

/**
 * A C string.
 *
 * @param text One byte a code unit (paths and names are bytes, not text), or bytes.
 * @throws {TypeError} When it holds a NUL byte or a code unit above 255.
 */
export function cString(text: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = pinnedBytes(text.length + 1);
  for (let i = 0; i < text.length; i++) {
    const unit = typeof text === "string" ? text.charCodeAt(i) : text[i]!;
    if (unit === 0 || unit > 255) {
      throw new TypeError(`A C string cannot hold the code unit ${unit} at ${i}`);
    }
    bytes[i] = unit;
  }
  return bytes;
}

/** The text at a C string's address; empty for a null pointer. */
export function readCString(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

/** The text of a NUL-terminated or full fixed-size field. */
export function fixedString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
