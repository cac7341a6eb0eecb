/**
 * Which functions the running kernel has, by the type information it comes with.
 *
 * @module
 */
import { cString } from "./_memory.ts";
import { libbpf } from "./libbpf.ts";

/** `BTF_KIND_FUNC` in the kernel's `linux/btf.h`, of Linux 4.20. */
const kindFunction = 12;

// They stay the same until the next boot.
const answers = new Map<string, boolean>();
let types: Deno.PointerValue = null;

/**
 * Whether the running kernel has a function that programs can be attached to; false where it comes
 * without type information.
 *
 * @param name The function.
 * @throws {LibraryMissing} When libbpf isn't installed.
 */
export function kernelHasFunction(name: string): boolean {
  const known = answers.get(name);
  if (known !== undefined) return known;
  types ??= loadTypes();
  if (types === null) return false;
  const found = libbpf().btf__find_by_name_kind(types, cString(name), kindFunction) >= 0;
  answers.set(name, found);
  return found;
}

/** Reads all types, which are megabytes: they are kept for what is asked in the same breath. */
function loadTypes(): Deno.PointerValue {
  const loaded = libbpf().btf__load_vmlinux_btf();
  if (loaded === null) return null;
  queueMicrotask(() => {
    types = null;
    libbpf().btf__free(loaded);
  });
  return loaded;
}
