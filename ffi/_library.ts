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
 *
 * A symbol is looked up when it is used for the first time: Deno compiles code
 * for each (a third of a millisecond), and no command needs them all.
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
  const found = firstOf(names, fix, (name) => {
    Deno.dlopen(name, {});
    return name;
  });
  const lazy = {};
  for (const [symbol, definition] of Object.entries(symbols)) {
    Object.defineProperty(lazy, symbol, {
      configurable: true,
      enumerable: true,
      get() {
        const value = firstOf(
          [found],
          fix,
          (name) => Deno.dlopen(name, { [symbol]: definition }).symbols[symbol],
        );
        Object.defineProperty(lazy, symbol, { value, enumerable: true });
        return value;
      },
    });
  }
  return lazy as Deno.DynamicLibrary<S>["symbols"];
}

/** What `load` makes of the first name that works. */
function firstOf<T>(names: readonly string[], fix: string, load: (name: string) => T): T {
  let cause: unknown;
  for (const name of names) {
    try {
      return load(name);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      cause = error;
    }
  }
  throw new LibraryMissing(names, fix, { cause });
}
