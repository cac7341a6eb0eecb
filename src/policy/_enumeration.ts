import { assert, assertEquals } from "@std/assert";

/** Names of the kernel's enumeration, in the order of their numbers. */
export function names(kernel: Record<string, number>, prefix: string): string[] {
  return Object.entries(kernel).sort(([, a], [, b]) => a - b)
    .map(([name], i) => {
      assert(name.startsWith(prefix), name);
      assertEquals(kernel[name], i);
      return name.slice(prefix.length).toLowerCase();
    });
}
