/**
 * Byte strings: paths and process names as Linux has them, which is bytes and
 * not text, held in JavaScript strings so that they compare, slice and serve
 * as map keys.
 *
 * @module
 */

/**
 * A string whose every code unit is 0 to 255 and stands for one raw byte. It
 * is not text: print it with {@linkcode displayText} or {@linkcode quoteValue}.
 */
export type ByteString = string;

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// fromCharCode takes its arguments on the stack, so long inputs go in pieces.
const CHUNK = 8192;

/**
 * Turns raw bytes into a byte string.
 *
 * @param bytes Any bytes.
 * @returns One code unit a byte.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(bytesToByteString(new Uint8Array([0x2f, 0xff])), "/\xff");
 * ```
 */
export function bytesToByteString(bytes: Uint8Array): ByteString {
  if (bytes.length <= CHUNK) return Reflect.apply(String.fromCharCode, undefined, bytes);
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    parts.push(bytesToByteString(bytes.subarray(at, at + CHUNK)));
  }
  return parts.join("");
}

/**
 * Turns a byte string back into its bytes.
 *
 * @param value A byte string.
 * @returns Its bytes.
 * @throws {RangeError} If a code unit is above 255, that is, if the value is text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(byteStringToBytes("/\xff"), new Uint8Array([0x2f, 0xff]));
 * ```
 */
export function byteStringToBytes(value: ByteString): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(value.length);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 0xff) {
      throw new RangeError(
        `Cannot turn ${JSON.stringify(value)} into bytes: the character at ${i} is not a byte`,
      );
    }
    bytes[i] = code;
  }
  return bytes;
}

/**
 * Turns text (an argument, a configuration value) into a byte string, by UTF-8.
 *
 * @param text Any text.
 * @returns The bytes of its UTF-8 form.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(textToByteString("/ü"), "/\xc3\xbc");
 * ```
 */
export function textToByteString(text: string): ByteString {
  return isAscii(text) ? text : bytesToByteString(encoder.encode(text));
}

/**
 * Turns a byte string into text as it stands, nothing escaped. For matching
 * and for JSON; never for a terminal, a log line or an allowlist.
 *
 * @param value A byte string.
 * @returns Its text by UTF-8, or one character a byte where it isn't valid UTF-8.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeText("/\xc3\xbc"), "/ü");
 * assertEquals(decodeText("/\xff"), "/\xff");
 * ```
 */
export function decodeText(value: ByteString): string {
  return decodeUtf8(value) ?? value;
}

/**
 * The folder a file lies in.
 *
 * @param path An absolute path.
 * @returns The folder, ending in a slash.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parentFolder("/usr/bin/curl"), "/usr/bin/");
 * ```
 */
export function parentFolder(path: ByteString): ByteString {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/**
 * Writes a byte string for a person: as text where every character can be
 * seen, otherwise in double quotes with escapes. Blanks inside are kept, so
 * it belongs at the end of a line or in a column of its own.
 *
 * @param value A byte string.
 * @returns Printable text without line breaks or control characters.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(displayText("/home/u/My Files"), "/home/u/My Files");
 * assertEquals(displayText("/tmp/a\nb"), '"/tmp/a\\nb"');
 * ```
 */
export function displayText(value: ByteString): string {
  const text = decodeUtf8(value);
  const plain = text !== undefined && text !== "" && !INVISIBLE.test(text) &&
    !/^[" ]| $/.test(text);
  return plain ? text : quote(value, text);
}

/**
 * Writes a byte string as a value of an allowlist rule or of a log line: bare
 * where nothing in it could be misread, otherwise in double quotes with the
 * escapes `\n \t \" \\ \xHH`. Reading it back gives the same bytes.
 *
 * @param value A byte string.
 * @returns Printable text without line breaks, and without blanks unless quoted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(quoteValue("/usr/bin/curl"), "/usr/bin/curl");
 * assertEquals(quoteValue('a "b"\xff'), '"a \\"b\\"\\xff"');
 * ```
 */
export function quoteValue(value: ByteString): string {
  const text = decodeUtf8(value);
  return text !== undefined && isBareSafe(text) ? text : quote(value, text);
}

/**
 * Writes a byte string for the middle of a sentence: always in double quotes,
 * and cut after 60 bytes.
 *
 * @param value A byte string.
 * @returns Printable text without line breaks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(excerpt("/tmp/x"), '"/tmp/x"');
 * ```
 */
export function excerpt(value: ByteString): string {
  const cut = value.length > EXCERPT ? value.slice(0, EXCERPT) : value;
  return quote(cut, decodeUtf8(cut)) + (cut === value ? "" : "…");
}

const EXCERPT = 60;

// What can't be seen or changes how its neighbours look: control, format,
// unassigned and private characters, separators other than the blank, and
// characters that are drawn as nothing.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{DI}]|(?! )\p{Zs}/u;
// A bare `*` would be read as a wildcard, so it is never written bare.
const NOT_BARE = /[\p{C}\p{Z}\p{DI}"\\;#*]/u;

function isBareSafe(text: string): boolean {
  return text !== "" && !NOT_BARE.test(text);
}

function isAscii(value: string): boolean {
  // deno-lint-ignore no-control-regex
  return /^[\x00-\x7f]*$/.test(value);
}

function decodeUtf8(value: ByteString): string | undefined {
  if (isAscii(value)) return value;
  try {
    return strictDecoder.decode(byteStringToBytes(value));
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function quote(value: ByteString, text: string | undefined): string {
  let out = '"';
  for (const char of text ?? value) {
    if (char === '"' || char === "\\") out += "\\" + char;
    else if (char === "\n") out += "\\n";
    else if (char === "\t") out += "\\t";
    else if (text === undefined && char > "\x7f") out += escapeBytes(char);
    else if (char === "*" || INVISIBLE.test(char)) out += escapeBytes(textToByteString(char));
    else out += char;
  }
  return out + '"';
}

function escapeBytes(value: ByteString): string {
  let out = "";
  for (let i = 0; i < value.length; i++) {
    out += "\\x" + value.charCodeAt(i).toString(16).padStart(2, "0");
  }
  return out;
}
