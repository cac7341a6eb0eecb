import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { cpuTimer } from "../_cpu_time.ts";
import { MARK_DERIVED, MARK_DIRTY, MARK_UNKNOWN_ORIGIN } from "./records.ts";
import type { KernelMark, Mark, Origin } from "./records.ts";
import { Store, type Text } from "./store.ts";
import { StoreCorrupt, StoreError } from "./store_error.ts";

const MAX64 = 2n ** 64n - 1n;
const MAX32 = 2 ** 32 - 1;

function mark(fields: Partial<Mark> = {}): Mark {
  return {
    file: { fs: new Uint8Array(16).fill(0xfe), ino: 7n, gen: 1, dev: 0 },
    landingFolder: 1n,
    landingName: 2n,
    writerExe: 3n,
    writerUid: 1000,
    origin: 1,
    time: 1_800_000_000,
    flags: 0,
    path: null,
    from: null,
    url: null,
    ...fields,
  };
}

function origin(fields: Partial<Origin> = {}): Origin {
  return {
    number: 1,
    creatorExe: 11n,
    creatorComm: 12n,
    remote: 13n,
    comm: "curl",
    addr: new Uint8Array(16).fill(1),
    uid: 1000,
    port: 443,
    family: 2,
    zone: 240,
    time: 1_800_000_000,
    flags: 0,
    creatorPath: null,
    ...fields,
  };
}

/** Runs a test in a folder of its own. */
function inFolder(name: string, test: (path: string, folder: string) => void): void {
  Deno.test(name, () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(`${folder}/store.db`, folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** Makes a store with some thousand rows and closes it. */
function makeStore(path: string): void {
  using store = Store.open(path);
  store.transaction(() => {
    for (let i = 0; i < 3000; i++) {
      store.putMark(mark({ file: { ...mark().file, ino: BigInt(i) }, path: `/opt/file${i}` }));
    }
  });
}

function forKernel({ from: _from, path: _path, url: _url, ...rest }: Mark): KernelMark {
  return rest;
}

function byInode(marks: Iterable<KernelMark>): KernelMark[] {
  return [...marks].sort((a, b) => a.file.ino < b.file.ino ? -1 : 1);
}

inFolder("Store keeps marks, origins and texts, also over a restart", (path) => {
  const marks = [
    mark({ path: "/opt/a\xff\n", url: "https://example.org/ü", flags: MARK_DERIVED }),
    mark({
      file: { fs: new Uint8Array(16), ino: MAX64, gen: MAX32, dev: MAX32 },
      landingFolder: MAX64,
      landingName: 2n ** 63n,
      writerExe: 0n,
      writerUid: MAX32,
      origin: MAX32,
      time: MAX32,
    }),
  ];
  const origins = [
    origin({ creatorPath: "/usr/bin/curl" }),
    origin({ number: MAX32, creatorExe: MAX64, creatorComm: 2n ** 63n, uid: MAX32, comm: "\xff" }),
  ];
  const texts: Text[] = [
    { hash: MAX64, kind: "file", bytes: "/usr/bin/curl" },
    { hash: 0n, kind: "comm", bytes: "" },
    { hash: 2n ** 63n, kind: "remote", bytes: "\x00\xff" },
  ];
  {
    using store = Store.open(path);
    store.transaction(() => {
      store.putTexts(texts);
      origins.forEach((o) => store.putOrigin(o));
      marks.forEach((m) => store.putMark(m));
    });
  }
  using store = Store.open(path);
  for (const m of marks) assertEquals(store.mark(m.file), m);
  for (const o of origins) assertEquals(store.origin(o.number), o);
  for (const t of texts) assertEquals(store.resolve(t.hash), t);
  assertEquals([...store.marks()].length, 2);
  assertEquals(byInode(store.kernelMarks()), byInode(marks.map(forKernel)));
  assertEquals([...store.origins()], origins);
  assertEquals(store.resolve(texts[1]!.hash), texts[1]!);
  assertEquals([...store.texts()].length, 3);
  assertEquals(store.mark({ ...mark().file, gen: 2 }), undefined);
  assertEquals(store.origin(5), undefined);
  assertEquals(store.resolve(5n), undefined);
});

inFolder("Store.putMark() replaces a mark but keeps a path that isn't known any more", (path) => {
  using store = Store.open(path);
  store.putMark(mark({ path: "/a", url: "u", origin: 1 }));
  store.putMark(mark({ origin: 2, flags: MARK_DERIVED | MARK_DIRTY }));
  assertEquals(
    store.mark(mark().file),
    mark({ path: "/a", url: "u", origin: 2, flags: MARK_DERIVED }),
  );
  store.putMark(mark({ path: "/b" }));
  assertEquals(store.mark(mark().file)?.path, "/b");
  assertEquals([...store.marks()].length, 1);
  store.endMark(mark().file);
  store.endMark(mark().file);
  assertEquals([...store.marks()], []);
});

inFolder("Store.putTexts() leaves known hashes alone", (path) => {
  using store = Store.open(path);
  store.putTexts([{ hash: 1n, kind: "file", bytes: "/a" }]);
  store.putTexts([{ hash: 1n, kind: "name", bytes: "b" }]);
  assertEquals(store.resolve(1n)?.bytes, "/a");
});

inFolder("Store.endMark() keeps what something marked came out of, as long as it is", (path) => {
  using store = Store.open(path);
  const [archive, inner, program] = [1n, 2n, 3n].map((ino) => ({ ...mark().file, ino }));
  store.putMark(mark({ file: archive!, path: "/a.zip" }));
  store.putMark(mark({ file: inner!, from: archive!, path: "/b.tar" }));
  store.putMark(mark({ file: program!, from: inner!, path: "/c" }));
  for (const gone of [archive!, inner!]) store.endMark(gone);
  assertEquals([store.countMarks(), [...store.kernelMarks()].length], [1, 1]);
  assertEquals(store.marksOfInode(1n), []);
  assertEquals(store.uncheckedMarks(mark().writerExe, "all", 9).length, 1);
  assertEquals(store.mark(store.mark(program!)!.from!)?.path, "/b.tar");
  assertEquals([...store.marks()].length, 3);
  // What is marked again is like any other.
  store.putMark(mark({ file: inner!, from: archive!, path: "/b.tar" }));
  assertEquals(store.countMarks(), 2);
  store.endMark(inner!);
  store.endMark(program!);
  assertEquals([...store.marks()], []);
});

inFolder("Store.prune() forgets what nothing has come out of any more", (path) => {
  using store = Store.open(path);
  const [first, second, third] = [1n, 2n, 3n].map((ino) => ({ ...mark().file, ino }));
  store.putMark(mark({ file: first! }));
  store.putMark(mark({ file: second!, from: first! }));
  store.putMark(mark({ file: third!, from: second! }));
  for (const gone of [first!, second!]) store.endMark(gone);
  store.prune();
  assertEquals([...store.marks()].length, 3);
  // It came out of something else since.
  store.putMark(mark({ file: third! }));
  store.prune();
  assertEquals([...store.marks()].map(({ file }) => file.ino), [3n]);
});

inFolder("Store.pruneOrigins() forgets what no mark has", (path) => {
  using store = Store.open(path);
  for (const number of [1, 2, 3]) store.putOrigin(origin({ number }));
  store.putMark(mark({ origin: 2 }));
  store.pruneOrigins(9);
  assertEquals([...store.origins()].map(({ number }) => number), [2]);
});

inFolder("Store.pruneOrigins() leaves no number that another origin may get", (path) => {
  using store = Store.open(path);
  const file = (ino: bigint) => ({ ...mark().file, ino });
  for (const number of [3, 7, 20]) store.putOrigin(origin({ number, port: number }));
  for (const number of [0, 3, 7, 20, 21]) {
    store.putMark(mark({ file: file(BigInt(number)), origin: number }));
  }
  const found = () => [...store.marks()].map(({ origin, flags }) => [origin, flags]);
  store.pruneOrigins(20);
  assertEquals(found(), [[0, 0], [3, 0], [7, 0], [20, 0], [0, MARK_UNKNOWN_ORIGIN]]);
  store.pruneOrigins(19);
  assertEquals(found(), [[0, 0], [1, 0], [2, 0], [3, 0], [0, MARK_UNKNOWN_ORIGIN]]);
  assertEquals([...store.origins()].map(({ number, port }) => [number, port]), [
    [1, 3],
    [2, 7],
    [3, 20],
  ]);
});

inFolder("Store.endVolatile() ends what lay on filesystems of other boots", (path) => {
  using store = Store.open(path);
  const at = (fs: number, ino: bigint) => ({
    ...mark().file,
    fs: new Uint8Array(16).fill(fs),
    ino,
  });
  store.putVolatile(at(1, 0n).fs, "a");
  store.putVolatile(at(2, 0n).fs, "b");
  const files = [at(1, 1n), at(2, 2n), at(3, 3n)];
  for (const file of files) store.putMark(mark({ file }));
  store.putMark(mark({ file: at(3, 4n), from: at(1, 5n) }));
  store.putMark(mark({ file: at(1, 5n), path: "/tmp/archive" }));
  store.endVolatile("b");
  store.endVolatile("b");
  store.prune();
  assertEquals([...store.kernelMarks()].map(({ file }) => file.ino), [2n, 3n, 4n]);
  assertEquals(store.mark(at(1, 1n)), undefined);
  assertEquals(store.mark(at(1, 5n))?.path, "/tmp/archive");
});

inFolder("Store.landingFolders() are those of marks that are there", (path) => {
  using store = Store.open(path);
  store.putTexts([
    { hash: MAX64, kind: "folder", bytes: "/a/" },
    { hash: 2n, kind: "folder", bytes: "/b/" },
    { hash: 3n, kind: "name", bytes: "c" },
  ]);
  const files = [1n, 2n, 3n, 4n].map((ino) => ({ ...mark().file, ino }));
  const landed = [MAX64, MAX64, 3n, 4n];
  for (const [i, file] of files.entries()) {
    store.putMark(mark({ file, landingFolder: landed[i]! }));
  }
  assertEquals([...store.landingFolders()], ["/a/"]);
});

inFolder("Store.open() adds what a store of before doesn't have", (path) => {
  Store.open(path).close();
  using db = new DatabaseSync(path);
  db.exec("DROP INDEX marks_from; DROP TABLE volatile");
  const found = () =>
    db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('marks_from', 'volatile')").all()
      .length;
  assertEquals(found(), 0);
  Store.open(path).close();
  assertEquals(found(), 2);
});

inFolder("Store.transaction() does all or nothing", (path) => {
  using store = Store.open(path);
  assertThrows(
    () =>
      store.transaction(() => {
        store.putMark(mark());
        throw new RangeError("Cannot go on");
      }),
    RangeError,
    "Cannot go on",
  );
  assertEquals([...store.marks()], []);
  assertEquals(store.transaction(() => 5), 5);
  assertThrows(
    () => store.transaction(() => store.transaction(() => 0)),
    StoreError,
    `cannot write to the store ${path}`,
  );
  store.transaction(() => store.putMark(mark()));
  assertEquals([...store.marks()].length, 1);
});

inFolder("Store.grep() finds paths and names by text and by display", (path) => {
  using store = Store.open(path);
  store.putTexts([
    { hash: 1n, kind: "file", bytes: "/usr/bin/curl" },
    { hash: 2n, kind: "folder", bytes: "/home/j\xc3\xbcrgen/" },
    { hash: 3n, kind: "file", bytes: "/tmp/a\nb" },
    { hash: 4n, kind: "remote", bytes: "/usr" },
    { hash: 5n, kind: "comm", bytes: "curl" },
  ]);
  const grep = (pattern: RegExp) => [...store.grep(pattern)].map((text) => text.hash);
  assertEquals(grep(/curl/), [1n, 5n]);
  assertEquals(grep(/curl/g), [1n, 5n]);
  assertEquals(grep(/CURL$/iy), [1n, 5n]);
  assertEquals(grep(/jürgen/), [2n]);
  assertEquals(grep(/^\/tmp\/a/), [3n]);
  assertEquals(grep(/a\\nb/), [3n]);
  assertEquals(grep(/^\/usr/), [1n]);
  assertEquals(grep(/nothing/), []);
});

inFolder("Store lets loops run side by side and stop early", (path) => {
  using store = Store.open(path);
  for (let i = 1; i <= 3; i++) store.putOrigin(origin({ number: i }));
  const pairs: number[][] = [];
  for (const a of store.origins()) {
    for (const b of store.origins()) {
      if (b.number > a.number) break;
      pairs.push([a.number, b.number]);
    }
  }
  assertEquals(pairs, [[1, 1], [2, 1], [2, 2], [3, 1], [3, 2], [3, 3]]);
});

inFolder("Store reads every row once, however many there are", (path) => {
  using store = Store.open(path);
  const count = 2500;
  store.transaction(() => {
    for (let i = 0; i < count; i++) {
      // Half of the hashes and inode numbers are negative in SQLite.
      const high = BigInt(i) * (MAX64 / BigInt(count));
      const fs = new Uint8Array(16).fill(i % 3);
      store.putMark(mark({ file: { fs, ino: high, gen: i % 2, dev: i } }));
      store.putTexts([{ hash: high, kind: i % 2 ? "file" : "folder", bytes: `/${i}` }]);
      store.putOrigin(origin({ number: i + 1 }));
    }
  });
  assertEquals(new Set([...store.marks()].map(({ file }) => file.dev)).size, count);
  assertEquals([...store.marks()].length, count);
  assertEquals(new Set([...store.texts()].map(({ bytes }) => bytes)).size, count);
  assertEquals([...store.texts()].filter(({ kind }) => kind === "file").length, count / 2);
  assertEquals([...store.origins()].map(({ number }) => number).slice(-2), [count - 1, count]);
  let seen = 0;
  for (const { file } of store.marks()) {
    store.endMark(file);
    seen++;
  }
  assertEquals(seen, count);
});

inFolder("Store.putZones() never changes the number of a zone", (path) => {
  using store = Store.open(path);
  store.putZones(new Map([["office", 16], ["lab", 17]]));
  store.putZones(new Map([["office", 20]]));
  assertEquals(store.zones(), new Map([["lab", 17], ["office", 16]]));
});

inFolder("Store.open() for reading works beside a writer and sees what it commits", (path) => {
  using writer = Store.open(path);
  using reader = Store.open(path, { readOnly: true });
  assertEquals([...reader.marks()], []);
  writer.transaction(() => {
    writer.putMark(mark());
    assertEquals([...reader.marks()], []);
  });
  assertEquals([...reader.marks()], [mark()]);
  assertThrows(() => reader.putMark(mark()), StoreError, "readonly");
});

inFolder("Store.open() makes a file that only its owner can read", (path, folder) => {
  using store = Store.open(path);
  store.putMark(mark());
  for (const { name } of Deno.readDirSync(folder)) {
    assertEquals(Deno.statSync(`${folder}/${name}`).mode! & 0o777, 0o600, name);
  }
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
    "store.db",
    "store.db-shm",
    "store.db-wal",
  ]);
});

inFolder("Store.open() for reading needs the file", (path) => {
  const error = assertThrows(() => Store.open(path, { readOnly: true }), StoreError);
  assertEquals(error.message, `cannot open the store ${path}: no such file or folder`);
  assertEquals(error.exit, 4);
});

inFolder("Store.open() says when it can't make the file", (_, folder) => {
  assertThrows(
    () => Store.open(`${folder}/missing/store.db`),
    StoreError,
    `cannot create the store ${folder}/missing/store.db: no such file or folder`,
  );
});

inFolder("Store.open() starts over after a crash while it made the file", (path) => {
  Deno.writeTextFileSync(path + ".new", "half a database");
  using store = Store.open(path);
  store.putMark(mark());
  assertEquals([...store.marks()].length, 1);
});

inFolder("Store.open() takes no damaged file and leaves it as it is", (path) => {
  const damaged = (bytes: Uint8Array, why: string) => {
    Deno.writeFileSync(path, bytes);
    const error = assertThrows(() => Store.open(path), StoreCorrupt);
    assert(
      error.message.startsWith(`cannot use the store ${path}: it is damaged: `),
      error.message,
    );
    assert(error.message.includes(why), error.message);
    assert(error.hint?.includes("backup"));
    assertEquals(Deno.readFileSync(path), bytes);
  };
  makeStore(path);
  const good = Deno.readFileSync(path);
  assert(good.length > 50 * 4096);

  damaged(new Uint8Array(0), "the file is empty");
  damaged(new TextEncoder().encode("no database ".repeat(1000)), "is not a database");
  damaged(good.slice(0, good.length / 2), "");
  damaged(good.slice(0, 4096), "");
  damaged(good.slice(0, 5000), "");
  const scrambled = good.slice();
  scrambled.fill(0x55, 20 * 4096, 30 * 4096);
  damaged(scrambled, "");

  // The positive control: the same file undamaged.
  Deno.writeFileSync(path, good);
  using store = Store.open(path);
  assertEquals([...store.marks()].length, 3000);
  assertEquals([...store.kernelMarks()].length, 3000);
});

inFolder("Store.open() makes no new file beside the log of a lost one", (path) => {
  Deno.writeTextFileSync(path + "-wal", "x");
  assertThrows(() => Store.open(path), StoreCorrupt, "the file is gone");
  assertThrows(() => Deno.statSync(path), Deno.errors.NotFound);
});

inFolder("Store words damage that it meets while reading", (path) => {
  makeStore(path);
  const bytes = Deno.readFileSync(path);
  bytes.fill(0x55, 20 * 4096, 30 * 4096);
  Deno.writeFileSync(path, bytes);
  using store = Store.open(path, { readOnly: true });
  assertThrows(() => [...store.marks()], StoreCorrupt, "it is damaged");
});

inFolder("Store words rows that make no sense", (path) => {
  makeStore(path);
  const db = new DatabaseSync(path);
  db.exec("INSERT INTO texts VALUES (1, 99, x'00')");
  db.close();
  using store = Store.open(path);
  assertThrows(() => store.resolve(1n), StoreCorrupt, "a row makes no sense");
});

inFolder("Store.open() refuses other programs' databases and other versions", (path) => {
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE t (x)");
  assertThrows(() => Store.open(path), StoreError, "it is another program's database (0)");
  db.exec("PRAGMA application_id = 0x6c70726f; PRAGMA user_version = 1");
  db.close();
  assertThrows(() => Store.open(path), StoreError, "it has format 1, not 2");
});

inFolder("Store.close() can be called twice, and nothing works after it", (path) => {
  const store = Store.open(path);
  store.close();
  store.close();
  assertThrows(() => store.putMark(mark()));
});

inFolder("Store takes 10,000 marks in a transaction in well under a second", (path) => {
  using store = Store.open(path);
  const elapsed = cpuTimer();
  store.transaction(() => {
    for (let i = 0; i < 10_000; i++) {
      store.putMark(mark({ file: { ...mark().file, ino: BigInt(i) }, path: `/opt/app/file${i}` }));
    }
  });
  const took = elapsed();
  assertEquals([...store.marks()].length, 10_000);
  assert(took < 2000, `took ${took} ms`);
});
