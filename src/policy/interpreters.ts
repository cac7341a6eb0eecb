/**
 * How interpreters take their programs, so that the kernel can tell the loading
 * of a script from the reading of data.
 *
 * @module
 */

import type { ByteString } from "./bytes.ts";

/** What the kernel needs to know of an interpreter; see `struct lp_interp` in bpf/wire.h. */
export interface InterpreterRules {
  /** A suffix of its language makes a read the loading of a script. */
  bySuffix: boolean;
  /** So does an exec bit. */
  byExecBit: boolean;
  /** Its first operand is the program. */
  byFirstOperand: boolean;
  /** Without an operand it reads the program from stdin. */
  byStdin: boolean;
  /** It is a shell: people keep it open, so its taint from a pipe ends by itself. */
  shell: boolean;
  /** The languages whose suffixes count for it. */
  languages: readonly Language[];
  /** Letters of options that make the command line the program: `-c`, `-e`. */
  textOptions: string;
  /** Letters of options whose value is the program's file: `-f`. */
  fileOptions: string;
  /** Letters of other options with a value. */
  valueOptions: string;
  /** Letters of options that make stdin the program: `-s`. */
  stdinOptions: string;
}

/**
 * Script suffixes by language, and names without one; the kernel knows a language by its place.
 */
export const SUFFIXES = {
  shell: ["sh", "bash", "zsh", "ksh", "csh", "fish", "run", "command"],
  // Not whl: pip reads wheels as data, and nothing imports from one unless it is told to.
  python: ["py", "pyc", "pyw", "pyz", "pth", "egg"],
  perl: ["pl", "pm", "t", "cgi"],
  ruby: ["rb", "gem", "rake"],
  javascript: ["js", "mjs", "cjs", "ts", "mts", "jsx", "tsx", "wasm", "node"],
  php: ["php", "phar", "phtml", "inc"],
  lua: ["lua", "luac"],
  java: ["jar", "class", "war", "jmod"],
  tcl: ["tcl", "tk", "exp"],
  scheme: ["scm", "go", "rkt"],
  r: ["R", "r", "Rdata"],
  julia: ["jl"],
  ocaml: ["ml", "cma", "cmo"],
  groovy: ["groovy", "gvy"],
  powershell: ["ps1", "psm1", "psd1"],
  awk: ["awk"],
  make: ["mk", "mak", "Makefile", "makefile", "GNUmakefile"],
} as const;

/**
 * Whether a file has the suffix, or the name, of a script in any language.
 *
 * @param path Its path.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(hasScriptSuffix("/usr/lib/python3/site.py"));
 * assert(!hasScriptSuffix("/usr/share/doc/py/README"));
 * ```
 */
export function hasScriptSuffix(path: ByteString): boolean {
  const base = path.slice(path.lastIndexOf("/") + 1);
  const suffix = base.slice(base.lastIndexOf(".") + 1);
  return Object.values(SUFFIXES).some((of) => (of as readonly string[]).includes(suffix));
}

/** A language of {@linkcode SUFFIXES}. */
export type Language = keyof typeof SUFFIXES;

const LANGUAGES = Object.keys(SUFFIXES) as Language[];

/**
 * The languages as the kernel's bit mask.
 *
 * @param languages Which ones.
 * @returns One bit per language.
 */
export function languageBits(languages: Iterable<Language>): number {
  let bits = 0;
  for (const language of languages) bits |= 1 << LANGUAGES.indexOf(language);
  return bits >>> 0;
}

/**
 * Option letters as the kernel's bit mask: bit 0 to 25 for a to z, 32 to 57 for A to Z.
 *
 * @param letters ASCII letters.
 * @returns The mask.
 */
export function optionBits(letters: string): bigint {
  let bits = 0n;
  for (const letter of letters) {
    const code = letter.charCodeAt(0);
    bits |= 1n << BigInt(code >= 97 ? code - 97 : code - 65 + 32);
  }
  return bits;
}

function rules(given: Partial<InterpreterRules>): InterpreterRules {
  return {
    bySuffix: true,
    byExecBit: true,
    byFirstOperand: true,
    byStdin: true,
    shell: false,
    languages: [],
    textOptions: "",
    fileOptions: "",
    valueOptions: "",
    stdinOptions: "",
    ...given,
  };
}

const SHELL = rules({
  shell: true,
  languages: ["shell"],
  textOptions: "c",
  valueOptions: "oO",
  stdinOptions: "s",
});
/** awk, make: they read data; a program is the file of -f, or is called like one. */
const PROGRAM_BY_OPTION = rules({
  byExecBit: false,
  byFirstOperand: false,
  byStdin: false,
  fileOptions: "f",
  valueOptions: "vF",
});

const AWK = rules({ ...PROGRAM_BY_OPTION, languages: ["awk"] });
const MAKE = rules({ ...PROGRAM_BY_OPTION, languages: ["make"], valueOptions: "CIojlWO" });

const KNOWN: Readonly<Record<string, InterpreterRules>> = {
  python: rules({ languages: ["python"], textOptions: "cm", valueOptions: "WXQ" }),
  pypy: rules({ languages: ["python"], textOptions: "cm", valueOptions: "WX" }),
  perl: rules({ languages: ["perl"], textOptions: "eE", valueOptions: "I" }),
  ruby: rules({ languages: ["ruby"], textOptions: "e", valueOptions: "rIEK" }),
  node: rules({ languages: ["javascript"], textOptions: "ep", valueOptions: "r" }),
  deno: rules({ languages: ["javascript"], byFirstOperand: false, byStdin: false }),
  bun: rules({ languages: ["javascript"], textOptions: "ep" }),
  php: rules({ languages: ["php"], textOptions: "rBE", fileOptions: "fF", valueOptions: "cdtzS" }),
  lua: rules({ languages: ["lua"], textOptions: "e", valueOptions: "l" }),
  java: rules({ languages: ["java"], byStdin: false }),
  tclsh: rules({ languages: ["tcl"] }),
  wish: rules({ languages: ["tcl"] }),
  expect: rules({ languages: ["tcl"], textOptions: "c", fileOptions: "f" }),
  guile: rules({ languages: ["scheme"], textOptions: "ce", valueOptions: "lL" }),
  gawk: AWK,
  mawk: AWK,
  nawk: AWK,
  awk: AWK,
  "original-awk": AWK,
  make: MAKE,
  gmake: MAKE,
  Rscript: rules({ languages: ["r"], textOptions: "e" }),
  R: rules({ languages: ["r"], textOptions: "e", fileOptions: "f" }),
  julia: rules({ languages: ["julia"], textOptions: "eE", valueOptions: "LJpt" }),
  ocaml: rules({ languages: ["ocaml"], textOptions: "e", valueOptions: "I" }),
  groovy: rules({ languages: ["groovy"], textOptions: "e" }),
  pwsh: rules({ languages: ["powershell"], textOptions: "c", fileOptions: "f" }),
};

const SHELLS = new Set([
  ...["sh", "ash", "bash", "dash", "busybox", "ksh", "mksh", "rbash", "zsh", "fish", "csh", "tcsh"],
]);

/** What an interpreter that we know nothing of is taken for: everything counts. */
const UNKNOWN = rules({ languages: LANGUAGES });

/**
 * The name by which the kernel knows an executable: without the version at its end.
 *
 * @param name A base name, at most 15 bytes of which count.
 * @returns For example `python` for `python3.11`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unversioned("python3.11"), "python");
 * ```
 */
export function unversioned(name: ByteString): ByteString {
  return name.slice(0, 15).replace(/[0-9.-]+$/, "");
}

/**
 * How an interpreter takes its program.
 *
 * @param name Its base name, with or without a version.
 * @returns What is known of it, or the strictest reading.
 */
export function interpreterRules(name: ByteString): InterpreterRules {
  const base = unversioned(name);
  if (SHELLS.has(base)) return SHELL;
  if (base === "nodejs") return interpreterRules("node");
  return Object.hasOwn(KNOWN, base) ? KNOWN[base]! : UNKNOWN;
}
