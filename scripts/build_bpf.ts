/**
 * Builds the BPF object, build/linprov.bpf.o, and writes ffi/layout.gen.ts from
 * the types in it. With --check nothing is written: it fails when
 * ffi/layout.gen.ts isn't what would be written.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { generateLayout } from "./layout.ts";

const root = new URL("../", import.meta.url).pathname;
const source = "bpf/linprov.bpf.c";
const objectPath = `${root}build/linprov.bpf.o`;
const layoutPath = `${root}ffi/layout.gen.ts`;

// Older compilers lack -mcpu=v3's atomics or the 64-bit enumerations in BTF.
const oldestClang = 15;
// What the objects are tested with.
const preferredClang = 19;

/**
 * Finds the compiler: $CLANG, clang-19, or the newest one.
 *
 * @throws {Deno.errors.NotFound} When there is none of version 15 or newer.
 */
export async function findClang(): Promise<string> {
  const chosen = Deno.env.get("CLANG");
  if (chosen) return chosen;
  const found = new Map<number, string>();
  for (const folder of (Deno.env.get("PATH") ?? "").split(":").filter(Boolean).reverse()) {
    try {
      for (const { name } of Deno.readDirSync(folder)) {
        const version = /^clang-(\d+)$/.exec(name)?.[1];
        if (version !== undefined) found.set(Number(version), `${folder}/${name}`);
      }
    } catch {
      // A folder in PATH may be missing or closed to us.
    }
  }
  const newest = Math.max(...found.keys(), 0);
  if (found.has(preferredClang)) return found.get(preferredClang)!;
  if (newest >= oldestClang) return found.get(newest)!;
  const plain = await versionOf("clang");
  if (plain !== undefined && plain >= oldestClang) return "clang";
  throw new Deno.errors.NotFound(
    `Found no clang ${oldestClang} or newer: apt-get install clang-${preferredClang}, or set CLANG`,
  );
}

async function versionOf(clang: string): Promise<number | undefined> {
  try {
    const { stdout } = await new Deno.Command(clang, { args: ["--version"] }).output();
    const version = /version (\d+)/.exec(new TextDecoder().decode(stdout))?.[1];
    return version === undefined ? undefined : Number(version);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What {@linkcode compileBpf} compiles. */
export interface CompileOptions {
  /** The C file, relative to the project. */
  source: string;
  /** Where the object is written. */
  output: string;
}

/**
 * Compiles a C file to a BPF object without DWARF, but with BTF.
 *
 * @returns The object's bytes.
 * @throws {Error} With what the compiler said.
 */
export async function compileBpf(options: CompileOptions): Promise<Uint8Array<ArrayBuffer>> {
  const clang = await findClang();
  const full = `${options.output}.full`;
  const [target, triplet] = Deno.build.arch === "aarch64"
    ? ["arm64", "aarch64-linux-gnu"]
    : ["x86", "x86_64-linux-gnu"];
  try {
    await run(clang, [
      "-g",
      "-O2",
      "-target",
      "bpf",
      "-mcpu=v3",
      "-Wall",
      "-Wextra",
      "-Werror",
      // BPF_PROG declares a context that most programs don't look at.
      "-Wno-unused-parameter",
      `-D__TARGET_ARCH_${target}`,
      "-I",
      "bpf",
      // Debian keeps asm/types.h there.
      "-idirafter",
      `/usr/include/${triplet}`,
      // The same object wherever the project lies.
      `-ffile-prefix-map=${root}=`,
      "-fdebug-compilation-dir=.",
      "-c",
      options.source,
      "-o",
      full,
    ]);
    await strip(clang, full, options.output);
  } finally {
    await Deno.remove(full).catch(() => {});
  }
  return await Deno.readFile(options.output);
}

// The debugger's DWARF is most of the object, and names the build machine's folders.
async function strip(clang: string, from: string, to: string): Promise<void> {
  const beside = clang.replace(/clang(-\d+)?$/, "llvm-strip$1");
  for (const tool of new Set([beside, "llvm-strip"])) {
    try {
      return await run(tool, ["-g", from, "-o", to]);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  await run("bpftool", ["gen", "object", to, from]);
}

async function run(command: string, args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, cwd: root }).output();
  if (!success) {
    const said = new TextDecoder().decode(stderr).trim();
    throw new Error(`${command} failed:\n${said}`);
  }
}

/**
 * Makes the formatted text of layout.gen.ts.
 *
 * @param object A BPF object with BTF.
 */
export async function formattedLayout(object: Uint8Array<ArrayBuffer>): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext", "ts", "-"],
    cwd: root,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const fed = writer.write(new TextEncoder().encode(generateLayout(object)))
    .then(() => writer.close());
  const { success, stdout, stderr } = await child.output();
  await fed;
  if (!success) {
    throw new Error(`Could not format the layout: ${new TextDecoder().decode(stderr)}`);
  }
  return new TextDecoder().decode(stdout);
}

/**
 * Whether ffi/layout.gen.ts is what the C files make it.
 *
 * @throws {Error} With what the compiler said.
 */
export async function layoutIsCurrent(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    const object = await compileBpf({ source, output: `${folder}/linprov.bpf.o` });
    const written = await Deno.readTextFile(layoutPath).catch(() => "");
    return written === await formattedLayout(object);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const flags = parseArgs(Deno.args, { boolean: ["check"] });
  if (flags.check) {
    if (await layoutIsCurrent()) return 0;
    console.error("ffi/layout.gen.ts differs from the types in bpf/: run scripts/build_bpf.ts");
    return 1;
  }
  await Deno.mkdir(`${root}build`, { recursive: true });
  const object = await compileBpf({ source, output: objectPath });
  await Deno.writeTextFile(layoutPath, await formattedLayout(object));
  console.log(`build/linprov.bpf.o: ${object.byteLength} bytes`);
  return 0;
}

if (import.meta.main) Deno.exit(await main());
