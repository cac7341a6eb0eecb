import { assert, assertEquals } from "@std/assert";
import { PathHasher } from "./path_hash.ts";
import type { Mark, Origin } from "./records.ts";
import { openOrRecover } from "./recover.ts";
import { keyFits, rekey } from "./rekey.ts";
import { Store } from "./store.ts";

const MARKS = 4000;

const hasher = (byte: number) => new PathHasher(new Uint8Array(16).fill(byte));

function mark(number: number, hash: PathHasher): Mark {
  return {
    file: { fs: new Uint8Array(16).fill(7), ino: BigInt(number), gen: 1, dev: 0 },
    landingFolder: hash.folder("/srv/"),
    landingName: hash.name(`file${number}`),
    writerExe: hash.file("/usr/bin/curl"),
    writerUid: 0,
    origin: 1,
    time: 1_800_000_000,
    flags: 0,
    path: `/srv/file${number}`,
    from: null,
    url: null,
  };
}

function origin(hash: PathHasher): Origin {
  const addr = new Uint8Array(16).fill(9);
  return {
    number: 1,
    creatorExe: hash.file("/usr/bin/curl"),
    creatorComm: hash.comm("curl"),
    remote: hash.remote(addr),
    comm: "curl",
    addr,
    uid: 0,
    port: 443,
    family: 2,
    zone: 240,
    time: 1_800_000_000,
    flags: 0,
    creatorPath: "/usr/bin/curl",
  };
}

function fill(path: string, hash: PathHasher): void {
  using store = Store.open(path);
  store.transaction(() => {
    store.putTexts([
      { hash: hash.folder("/srv/"), kind: "folder", bytes: "/srv/" },
      { hash: hash.file("/usr/bin/curl"), kind: "file", bytes: "/usr/bin/curl" },
      { hash: hash.comm("curl"), kind: "comm", bytes: "curl" },
    ]);
    store.putOrigin(origin(hash));
    for (let i = 1; i <= MARKS; i++) {
      const name = `file${i}`;
      store.putTexts([{ hash: hash.name(name), kind: "name", bytes: name }]);
      store.putMark(mark(i, hash));
    }
  });
}

async function withFolder(test: (path: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(`${folder}/store.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openOrRecover() leaves a whole store as it is", async () => {
  await withFolder((path) => {
    fill(path, hasher(1));
    const { store, replaced } = openOrRecover(path, { isExpected: true });
    using _closed = store;
    assertEquals(replaced, null);
    assertEquals(store.countMarks(), MARKS);
  });
});

Deno.test("openOrRecover() tells a store that is gone from one that never was", async () => {
  await withFolder((path) => {
    openOrRecover(path, { isExpected: false }).store.close();
    Deno.removeSync(path);
    const { store, replaced } = openOrRecover(path, { isExpected: true });
    store.close();
    assertEquals(replaced, { why: "it was gone", aside: null, salvaged: 0 });
  });
});

for (
  const [what, damage] of [
    ["an empty file", (path: string) => Deno.truncateSync(path)],
    ["half a file", (path: string) => Deno.truncateSync(path, Deno.statSync(path).size / 2)],
    ["another file", (path: string) => Deno.writeTextFileSync(path, "no database".repeat(1000))],
    ["a log without its file", (path: string) => {
      Deno.renameSync(path, `${path}-wal`);
    }],
  ] as const
) {
  Deno.test(`openOrRecover() begins anew after ${what}, and keeps it`, async () => {
    await withFolder((path) => {
      fill(path, hasher(1));
      damage(path);
      const { store, replaced } = openOrRecover(path, { isExpected: true });
      using _closed = store;
      assert(replaced?.aside?.startsWith(`${path}.damaged-`), replaced?.aside ?? "nothing");
      assertEquals(store.countMarks(), replaced?.salvaged);
      const kept = [...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))]
        .filter(({ name }) => name.includes("damaged"));
      assert(kept.length > 0);
      // The new one is a store like any other.
      store.transaction(() => store.putMark(mark(1, hasher(1))));
    });
  });
}

Deno.test("openOrRecover() saves the marks on whole pages", async () => {
  await withFolder((path) => {
    fill(path, hasher(1));
    // The last pages: what the checks find, and not the beginning of every table.
    using file = Deno.openSync(path, { write: true });
    const { size } = file.statSync();
    file.seekSync(size - 3 * 4096, Deno.SeekMode.Start);
    file.writeSync(new Uint8Array(3 * 4096).fill(0xff));
    const { store, replaced } = openOrRecover(path, { isExpected: true });
    using _closed = store;
    const salvaged = replaced?.salvaged ?? 0;
    assert(salvaged > 0 && salvaged <= MARKS, `${salvaged} marks`);
    assertEquals([...store.marks()][0], mark(1, hasher(1)));
  });
});

Deno.test("rekey() gives all hashes the new key", async () => {
  await withFolder((path) => {
    fill(path, hasher(1));
    using store = Store.open(path);
    assert(keyFits(store, hasher(1)));
    assert(!keyFits(store, hasher(2)));
    rekey(store, hasher(2));
    assert(keyFits(store, hasher(2)));
    assertEquals([...store.origins()], [origin(hasher(2))]);
    assertEquals(
      [...store.marks()],
      Array.from({ length: MARKS }, (_, i) => mark(i + 1, hasher(2))),
    );
    assertEquals(store.resolve(hasher(2).name("file7"))?.bytes, "file7");
    assertEquals(store.resolve(hasher(1).name("file7")), undefined);
  });
});

Deno.test("rekey() takes what nobody knows the text of for nothing", async () => {
  await withFolder((path) => {
    using store = Store.open(path);
    assert(keyFits(store, hasher(2)));
    store.transaction(() => store.putMark(mark(1, hasher(1))));
    rekey(store, hasher(2));
    const [found] = [...store.marks()];
    assertEquals([found?.landingFolder, found?.landingName, found?.writerExe], [0n, 0n, 0n]);
  });
});
