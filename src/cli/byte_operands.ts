/**
 * Operands as bytes: Deno gives arguments as text, in which bytes that are no
 * UTF-8 are lost. The kernel still has them.
 *
 * @module
 */

import { readFile } from "../../ffi/libc.ts";
import { bytesToByteString, type ByteString, textToByteString } from "../policy/bytes.ts";

const REPLACEMENT = "\ufffd";

/**
 * The bytes of operands that are names of files.
 *
 * @param operands The operands as text.
 * @param commandLine The command line of the process, its arguments ended by NUL.
 * @returns The same operands as bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const line = new Uint8Array([...new TextEncoder().encode("linprov\0show\0/a\0/b"), 0xff, 0]);
 * assertEquals(byteOperands(["/a", "/b\ufffd"], () => line), ["/a", "/b\xff"]);
 * ```
 */
export function byteOperands(
  operands: readonly string[],
  commandLine: () => Uint8Array = () => readFile("/proc/self/cmdline"),
): ByteString[] {
  if (!operands.some((operand) => operand.includes(REPLACEMENT))) {
    return operands.map(textToByteString);
  }
  const given = bytesToByteString(commandLine()).split("\0").slice(0, -1);
  // From the end: what stands before the operands is how the program was started.
  let at = given.length;
  const found = operands.toReversed().map((operand) => {
    if (!operand.includes(REPLACEMENT)) return textToByteString(operand);
    do at--; while (at >= 0 && lossy(given[at]!) !== operand);
    return at >= 0 ? given[at]! : textToByteString(operand);
  });
  return found.toReversed();
}

function lossy(bytes: ByteString): string {
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
