/**
 * Makes `./linprov`, one executable file, and says which of two kinds it is.
 *
 * compiled: `deno compile`, where its base binary `denort` can be had: from
 * $DENORT_BIN, from Deno's cache, or from the network with
 * LINPROV_ALLOW_DOWNLOAD=1.
 *
 * portable: a small static launcher, the packed Deno runtime and the packed
 * bundle of main.ts, which is several modules, in one file. See
 * launcher/launcher.c.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import { PERMISSIONS, V8_FLAGS } from "./permissions.ts";

/** The one Deno this is built with and for; denort must be of the same version. */
const DENO_VERSION = "2.9.6";

const ROOT = new URL("..", import.meta.url).pathname;
const BUILD = `${ROOT}build`;
const RESULT = `${ROOT}linprov`;
const OBJECT = `${BUILD}/linprov.bpf.o`;

/** How the portable binary's runtime is called; the bundle and the arguments follow. */
const RUN_FLAGS: readonly string[] = [
  "run",
  "--quiet",
  // Nothing in the folder it is called from has a say.
  "--no-config",
  "--no-lock",
  "--no-npm",
  "--no-remote",
  "--no-prompt",
  V8_FLAGS,
  ...PERMISSIONS,
];

/** Bytes of `struct payload` in launcher.h, and of the name it begins with. */
const ENTRY = 64;
const NAME = 40;
const MAX_PAYLOADS = 128;

class BuildError extends Error {}

async function run(command: string, args: readonly string[], env?: Record<string, string>) {
  try {
    const child = new Deno.Command(command, { args: [...args], cwd: ROOT, env, stdin: "null" });
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, out: "", err: `${command}: not found` };
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** Why `deno compile` can't be tried, or undefined if a base binary is there. */
async function lacksDenort(): Promise<string | undefined> {
  const given = Deno.env.get("DENORT_BIN");
  if (given) {
    // The full deno in its place makes a file that just behaves like deno.
    const { code, out } = await run(given, ["--version"]);
    if (code === 0 && out.startsWith("deno ")) return `DENORT_BIN=${given} is deno, not denort`;
    return code === 127 ? `DENORT_BIN=${given} can't be started` : undefined;
  }
  if (Deno.env.get("LINPROV_ALLOW_DOWNLOAD") === "1") return undefined;
  const { out } = await run(Deno.execPath(), ["info", "--json"]);
  const folder = `${JSON.parse(out).denoDir}/dl/release/v${DENO_VERSION}`;
  const archive = `${folder}/denort-${Deno.build.target}.zip`;
  return await exists(archive)
    ? undefined
    : "no denort in DENORT_BIN or Deno's cache; LINPROV_ALLOW_DOWNLOAD=1 fetches it";
}

/** Makes the compiled kind; resolves to why that failed, or undefined. */
async function compile(path: string): Promise<string | undefined> {
  const lack = await lacksDenort();
  if (lack) return lack;
  const flags = ["compile", "--quiet", "--no-prompt", "--frozen", V8_FLAGS, ...PERMISSIONS];
  const { code, err } = await run(Deno.execPath(), [...flags, "--output", path, "main.ts"]);
  return code === 0 ? undefined : `deno compile failed: ${err.trim()}`;
}

/** The program in parts, so that a command loads what it needs and no more. */
async function bundle(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const folder = `${BUILD}/program`;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const flags = ["--quiet", "--frozen", "--unstable-raw-imports", "--platform", "deno"];
  const args = ["bundle", ...flags, "--code-splitting", "--outdir", folder, "main.ts"];
  const { code, err } = await run(Deno.execPath(), args);
  if (code !== 0) throw new BuildError(`deno bundle failed: ${err.trim()}`);
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return await Promise.all(
    entries.map(({ name }) => name).sort().map(async (name) => ({
      name,
      bytes: new TextEncoder().encode(lazily(await Deno.readTextFile(`${folder}/${name}`))),
    })),
  );
}

/**
 * Deno loads what a module may import one day before it runs the module, if it can read the name;
 * that is every command's code at each start, and twice in the daemon.
 */
function lazily(module: string): string {
  return module.replaceAll(/\bimport\(("\.\/[-\w.]+")\)/g, "import(String($1))");
}

async function launcher(): Promise<Uint8Array> {
  const path = `${BUILD}/launcher`;
  const sources = ["launcher", "cache", "unpack", "sha256"];
  const args = RUN_FLAGS.map((flag) => JSON.stringify(flag)).join(",");
  const { code, err } = await run(Deno.env.get("CC") ?? "gcc", [
    ...["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s"],
    `-DRUN_ARGS=${args}`,
    ...sources.map((name) => `scripts/launcher/${name}.c`),
    ...["-lzstd", "-o", path],
  ]);
  if (code !== 0) {
    throw new BuildError(
      `the launcher can't be built (it needs gcc and libzstd-dev): ${err.trim()}`,
    );
  }
  return await Deno.readFile(path);
}

function pack(bytes: Uint8Array): Uint8Array {
  // Level 10 takes 6 s for the runtime; 19 saves another 3 % and takes a minute.
  const params = {
    [constants.ZSTD_c_compressionLevel]: 10,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  return zstdCompressSync(bytes, { params });
}

/** The runtime changes with Deno's version only, so its packed form is kept. */
async function packRuntime(runtime: Uint8Array): Promise<Uint8Array> {
  const id = createHash("sha256").update(runtime).digest("hex").slice(0, 16);
  const kept = `${BUILD}/runtime-${id}.zst`;
  if (await exists(kept)) return await Deno.readFile(kept);
  const packed = pack(runtime);
  await Deno.writeFile(`${kept}.new`, packed);
  await Deno.rename(`${kept}.new`, kept);
  return packed;
}

/** Makes the portable kind: payloads, their table and a trailer as in launcher.h. */
async function portable(path: string): Promise<void> {
  const front = await launcher();
  const runtime = await Deno.readFile(Deno.execPath());
  const payloads = [
    { name: "linprov", packed: await packRuntime(runtime), size: runtime.length },
    ...(await bundle()).map(({ name, bytes }) => ({
      name,
      packed: pack(bytes),
      size: bytes.length,
    })),
  ];
  if (payloads.length > MAX_PAYLOADS) {
    throw new BuildError(`the bundle has ${payloads.length - 1} modules, the launcher has no room`);
  }
  const table = Buffer.alloc(ENTRY * payloads.length);
  let offset = front.length;
  payloads.forEach(({ name, packed, size }, i) => {
    if (name.length >= NAME) throw new BuildError(`${name} has a name too long for the package`);
    table.write(name, ENTRY * i, "latin1");
    table.writeBigUInt64LE(BigInt(offset), ENTRY * i + NAME);
    table.writeBigUInt64LE(BigInt(packed.length), ENTRY * i + NAME + 8);
    table.writeBigUInt64LE(BigInt(size), ENTRY * i + NAME + 16);
    offset += packed.length;
  });
  const end = Buffer.alloc(16);
  end.writeBigUInt64LE(BigInt(offset), 0);
  end.writeBigUInt64LE(BigInt(payloads.length), 8);
  const hashed = Buffer.concat([front, ...payloads.map(({ packed }) => packed), table, end]);
  const id = createHash("sha256").update(hashed).digest();
  const whole = Buffer.concat([hashed, id, Buffer.from("LINPROV1")]);
  await Deno.writeFile(path, whole, { mode: 0o755 });
}

/** The file must be linprov, from any folder and without any cache. */
async function verify(path: string): Promise<void> {
  const cache = await Deno.makeTempDir();
  try {
    const { VERSION } = await import("../src/version.ts");
    const env = { LINPROV_CACHE_DIR: cache };
    const { code, out, err } = await run(path, ["--version"], env);
    if (code === 0 && out === `linprov ${VERSION}\n`) return;
    throw new BuildError(`what was made doesn't work: exit code ${code}, ${(out + err).trim()}`);
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

async function build(): Promise<string> {
  if (Deno.version.deno !== DENO_VERSION) {
    throw new BuildError(`it needs Deno ${DENO_VERSION}, this is ${Deno.version.deno}`);
  }
  if (!await exists(OBJECT)) {
    throw new BuildError(`${OBJECT} is missing; make it with: deno run -A scripts/build_bpf.ts`);
  }
  const made = `${RESULT}.new`;
  const lack = await compile(made);
  if (lack !== undefined) await portable(made);
  await verify(made);
  // Not written in place: the old one may be running.
  await Deno.rename(made, RESULT);
  const { size } = await Deno.stat(RESULT);
  const kind = lack === undefined ? "compiled" : "portable";
  const reason = lack === undefined ? "" : `\nnot compiled: ${lack}`;
  return `made linprov, the ${kind} kind, ${(size / 1e6).toFixed(1)} MB${reason}`;
}

if (import.meta.main) {
  try {
    console.log(await build());
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`cannot make linprov: ${error.message}`);
    Deno.exit(1);
  }
}
