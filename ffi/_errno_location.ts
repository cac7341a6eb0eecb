import { openLibrary } from "./_library.ts";

// Apart from libc.ts, so that the error funnels and the libc wrappers that use
// them do not import each other.

const library = openLibrary({
  names: ["libc.so.6"],
  fix: "linprov needs the GNU C library",
  symbols: { __errno_location: { parameters: [], result: "pointer" } },
});

let location: Deno.UnsafePointerView | undefined;

/**
 * The calling thread's errno. It holds until the next native call only.
 *
 * The address is kept: an isolate (the main thread's or a worker's) stays on
 * its thread, and each has its own instance of this module.
 */
export function errno(): number {
  location ??= new Deno.UnsafePointerView(library().__errno_location()!);
  return location.getInt32(0);
}
