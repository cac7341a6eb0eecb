/**
 * The compiled BPF object, embedded in the program.
 *
 * @module
 */

import bytes from "../../build/linprov.bpf.o" with { type: "bytes" };

/** The object file that scripts/build_bpf.ts makes. */
export const BPF_OBJECT: Uint8Array<ArrayBuffer> = new Uint8Array(bytes);
