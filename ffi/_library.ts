import { LibraryMissing } from "./library_missing.ts";

/** What {@linkcode openLibrary} needs to know. */
export interface LibraryOptions<S extends Deno.ForeignLibraryInterface> {
  /** File names to try in this order, as the dynamic linker takes them. */
  names: readonly string[];
  /** What a person can do when none of them is there. */
  fix: string;
  symbols: S;
}

/**
 * Makes a function that opens a shared library at its first call and returns
 * its symbols. Nothing happens before that call, so that a missing library
 * does not break what doesn't need it.
 */
export function openLibrary<S extends Deno.ForeignLibraryInterface>(
  options: LibraryOptions<S>,
): () => Deno.DynamicLibrary<S>["symbols"] {
  let symbols: Deno.DynamicLibrary<S>["symbols"] | undefined;
  return () => symbols ??= open(options);
}

function open<S extends Deno.ForeignLibraryInterface>(
  { names, fix, symbols }: LibraryOptions<S>,
): Deno.DynamicLibrary<S>["symbols"] {
  let cause: unknown;
  for (const name of names) {
    try {
      return Deno.dlopen(name, symbols).symbols;
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      cause = error;
    }
  }
  throw new LibraryMissing(names, fix, { cause });
}
