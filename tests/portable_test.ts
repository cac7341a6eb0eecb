/**
 * The built `./linprov` as people meet it: from any folder, as any user,
 * several at once, with a cache that somebody tampered with.
 *
 * It needs `deno task build` first, and root for other users and chroot(2).
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../src/version.ts";

const BINARY = new URL("../linprov", import.meta.url).pathname;
const GREETING = `linprov ${VERSION}\n`;
const NOBODY = 65534;
const root = Deno.uid() === 0;

interface Start {
  command?: string[];
  env?: Record<string, string>;
  cwd?: string;
}

async function start(args: string[], { command = [BINARY], env = {}, cwd = "/" }: Start = {}) {
  const [program, ...before] = command;
  const child = new Deno.Command(program!, {
    args: [...before, ...args],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ...env },
    clearEnv: true,
    cwd,
    stdin: "null",
  });
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** A folder that every user can enter and only we can write, removed at the end. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "linprov-portable-" });
  await Deno.chmod(folder, 0o755);
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function isPortable(): Promise<boolean> {
  using file = await Deno.open(BINARY);
  const magic = new Uint8Array(8);
  await file.seek(-8, Deno.SeekMode.End);
  await file.read(magic);
  return new TextDecoder().decode(magic) === "LINPROV1";
}

// A build machine with denort makes the other kind, which has no cache at all.
const portable = await isPortable();

async function versions(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(`${folder}/linprov`));
  return entries.map((entry) => entry.name);
}

Deno.test("linprov starts from another folder, whatever that contains", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/deno.json`, "not JSON");
    await Deno.writeTextFile(`${folder}/package.json`, "not JSON");
    await Deno.writeTextFile(`${folder}/deno.lock`, "not a lock file");
    const env = {
      LINPROV_CACHE_DIR: folder,
      DENO_V8_FLAGS: "--no-such-flag",
      DENO_DIR: "/nonexistent",
      NODE_OPTIONS: "--no-such-flag",
    };
    assertEquals(await start(["--version"], { env, cwd: folder }), {
      code: 0,
      out: GREETING,
      err: "",
    });
  });
});

Deno.test("linprov is the name of the process", async () => {
  await inFolder(async (folder) => {
    const env = { LINPROV_CACHE_DIR: folder };
    await start(["--version"], { env });
    // It waits for the rules on standard input.
    const child = new Deno.Command(BINARY, {
      args: ["check", "-"],
      env,
      stdin: "piped",
      stdout: "null",
    }).spawn();
    // The launcher has this name too, so its time must be over.
    const isLauncher = async () =>
      portable && await Deno.readLink(`/proc/${child.pid}/exe`) === BINARY;
    for (let i = 0; i < 100 && await isLauncher(); i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const comm = await Deno.readTextFile(`/proc/${child.pid}/comm`);
    assertEquals(await isLauncher(), false);
    await child.stdin.close();
    assertEquals([comm, (await child.status).code], ["linprov\n", 0]);
  });
});

Deno.test("linprov ends quietly when nobody reads its output", async () => {
  await inFolder(async (folder) => {
    const script = '"$0" man | head -n 1 > /dev/null; echo "${PIPESTATUS[0]}"';
    const command = ["bash", "-c", script];
    const env = { LINPROV_CACHE_DIR: folder };
    assertEquals(await start([BINARY], { command, env }), { code: 0, out: "0\n", err: "" });
  });
});

Deno.test("linprov unpacks once when several start at once", { ignore: !portable }, async () => {
  await inFolder(async (folder) => {
    const env = { LINPROV_CACHE_DIR: folder };
    const all = await Promise.all([1, 2, 3].map(() => start(["--version"], { env })));
    assertEquals(all.map(({ out }) => out), [GREETING, GREETING, GREETING]);
    assertEquals((await versions(folder)).length, 1);
  });
});

Deno.test("linprov unpacks anew what is not as it was", { ignore: !portable }, async () => {
  await inFolder(async (folder) => {
    const env = { LINPROV_CACHE_DIR: folder };
    await start(["--version"], { env });
    const [id] = await versions(folder);
    const unpacked = `${folder}/linprov/${id}`;
    const program = `${unpacked}/main.js`;

    const { size } = await Deno.stat(program);
    await Deno.chmod(program, 0o600);
    await Deno.writeTextFile(program, "console.log('changed')");
    assertEquals((await start(["--version"], { env })).out, GREETING);
    assertEquals((await Deno.stat(program)).size, size);

    await Deno.chmod(unpacked, 0o777);
    assertEquals((await start(["--version"], { env })).out, GREETING);
    assertEquals((await Deno.stat(unpacked)).mode! & 0o777, 0o700);

    await Deno.writeTextFile(`${unpacked}/planted`, "");
    await Deno.chmod(`${folder}/linprov`, 0o777);
    assertEquals((await start(["--version"], { env })).out, GREETING);
    assertEquals((await Deno.stat(`${folder}/linprov`)).mode! & 0o777, 0o700);
    const names = (await Array.fromAsync(Deno.readDir(unpacked))).map(({ name }) => name);
    assertEquals(names.includes("planted"), false);
  });
});

Deno.test("linprov refuses a damaged copy of itself", { ignore: !portable }, async () => {
  await inFolder(async (folder) => {
    const copy = `${folder}/copy`;
    await Deno.copyFile(BINARY, copy);
    using file = await Deno.open(copy, { write: true });
    await file.seek(9_000_000, Deno.SeekMode.Start);
    await file.write(new TextEncoder().encode("damage"));
    file.close();
    const env = { LINPROV_CACHE_DIR: folder };
    const { code, err } = await start(["--version"], { command: [copy], env });
    assertEquals(code, 70);
    assertStringIncludes(err, "linprov: cannot start: its own file is damaged");
    assertEquals(await versions(folder), []);
  });
});

Deno.test("linprov refuses a folder that others can change", { ignore: !portable }, async (t) => {
  await t.step("a parent that everybody can write", async () => {
    await inFolder(async (folder) => {
      await Deno.chmod(folder, 0o777);
      const { code, err } = await start(["--version"], { env: { LINPROV_CACHE_DIR: folder } });
      assertEquals(code, 70);
      assertStringIncludes(err, "can be written by others (mode 0777)");
    });
  });
  await t.step("a symbolic link in its place, whose target keeps its mode", async () => {
    await inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/elsewhere`, { mode: 0o755 });
      await Deno.symlink("elsewhere", `${folder}/linprov`);
      const { code, err } = await start(["--version"], { env: { LINPROV_CACHE_DIR: folder } });
      assertEquals(code, 70);
      assertStringIncludes(err, "symbolic link");
      assertEquals((await Deno.stat(`${folder}/elsewhere`)).mode! & 0o777, 0o755);
    });
  });
  await t.step({
    name: "a folder of somebody else",
    ignore: !root,
    fn: async () => {
      await inFolder(async (folder) => {
        await Deno.mkdir(`${folder}/linprov`, { mode: 0o700 });
        await Deno.chown(`${folder}/linprov`, NOBODY, NOBODY);
        const { code, err } = await start(["--version"], { env: { LINPROV_CACHE_DIR: folder } });
        assertEquals(code, 70);
        assertStringIncludes(err, `it belongs to uid ${NOBODY}, not to uid 0`);
      });
    },
  });
});

Deno.test("linprov runs for an ordinary user", { ignore: !root }, async () => {
  await inFolder(async (folder) => {
    await Deno.copyFile(BINARY, `${folder}/copy`);
    await Deno.mkdir(`${folder}/home`);
    await Deno.chown(`${folder}/home`, NOBODY, NOBODY);
    const user = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];
    const { code, out, err } = await start(["--version"], {
      command: [...user, `${folder}/copy`],
      env: { HOME: `${folder}/home` },
    });
    assertEquals({ code, out, err }, { code: 0, out: GREETING, err: "" });
    if (portable) {
      const cache = await Deno.stat(`${folder}/home/.cache/linprov`);
      assertEquals([cache.uid, cache.mode! & 0o777], [NOBODY, 0o700]);
    }
  });
});

Deno.test(
  "linprov removes unused versions and keeps those in use",
  { ignore: !portable },
  async () => {
    await inFolder(async (folder) => {
      const env = { LINPROV_CACHE_DIR: folder };
      const unused = `${folder}/linprov/${"0".repeat(32)}`;
      const used = `${folder}/linprov/${"1".repeat(32)}`;
      for (const path of [`${folder}/linprov`, unused, used]) {
        await Deno.mkdir(path, { mode: 0o700 });
      }
      await Deno.writeTextFile(`${unused}/linprov`, "an old runtime");
      // A running version holds a shared lock on its folder.
      using held = await Deno.open(used);
      await held.lock(false);
      await start(["--version"], { env });
      const left = await versions(folder);
      assertEquals(left.includes("0".repeat(32)), false);
      assertEquals(left.includes("1".repeat(32)), true);
      assertEquals(left.length, 2);
    });
  },
);

async function libraries(program: string): Promise<string[]> {
  const { out } = await start([program], { command: ["ldd"] });
  return out.match(/\/\S+(?= \(0x)/g) ?? [];
}

Deno.test("linprov runs in a root that has only the C library", { ignore: !root }, async () => {
  await inFolder(async (folder) => {
    for (const library of await libraries(Deno.execPath())) {
      await Deno.mkdir(folder + library.replace(/[^/]*$/, ""), { recursive: true });
      await Deno.copyFile(library, folder + library);
    }
    await Deno.copyFile(BINARY, `${folder}/linprov`);
    const command = ["chroot", folder, "/linprov"];
    assertEquals(await start(["--version"], { command }), { code: 0, out: GREETING, err: "" });
    const help = await start([], { command });
    assertEquals([help.code, help.err], [0, ""]);
    assertStringIncludes(help.out, "Usage: linprov");
  });
});
