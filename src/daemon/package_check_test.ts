import { assertEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { LpEventType } from "../../ffi/layout.gen.ts";
import { type FileDescriptor, openPath, status } from "../../ffi/libc.ts";
import { heldByAnother } from "../_held_by_another.ts";
import type { RawEvent } from "../events/decode.ts";
import type { Listing, PackageDatabase } from "../host/package_database.ts";
import { PathHasher } from "../marks/path_hash.ts";
import { type FileId, type Mark, MARK_CHECKED, MARK_UNFOUND, NO_UID } from "../marks/records.ts";
import { Store } from "../marks/store.ts";
import { StoreError } from "../marks/store_error.ts";
import type { Rule } from "../policy/rule.ts";
import type { KernelMarks } from "./kernel_marks.ts";
import { type Distrusted, PackageCheck, trustedWriters, type Uids } from "./package_check.ts";

const WRITER = "/usr/bin/installer";

/** A host with an installer, its packages, and a kernel that knows as much as the store. */
class Host implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly store = Store.open(`${this.folder}/store.db`);
  readonly hasher = new PathHasher(new Uint8Array(16));
  readonly listed = new Map<string, Listing[]>();
  readonly check: PackageCheck;
  rests = true;

  constructor() {
    const database: PackageDatabase = {
      name: "fake",
      writers: [WRITER],
      isAtRest: () => this.rests,
      places: (written) => [written],
      owns: (path) => path.includes("/own/"),
      *look(this: void, paths) {
        yield;
        return new Map([...paths].map((path) => [path, listed.get(path) ?? []]));
      },
      advice: () => "ask",
    };
    const listed = this.listed;
    const { store } = this;
    const kernel = {
      query: (fd: number) => ({ file: idOf(fd), mark: store.mark(idOf(fd)) ?? null }),
      forgetWriter(file: FileDescriptor, _expected: Mark, flag: number) {
        const mark = store.mark(idOf(file.number))!;
        return { ...mark, writerExe: 0n, writerUid: NO_UID, flags: mark.flags | flag };
      },
      settle() {},
    } as unknown as KernelMarks;
    this.check = new PackageCheck({ kernel, store, hasher: this.hasher, databases: [database] });
    this.check.trust(new Map([[WRITER, new Set([0])]]));
  }

  /** Has the installer write a file; null: no package lists it. */
  write(name: string, text: string, md5: string | null | undefined, mode = 0o755): Mark {
    const path = `${this.folder}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
    Deno.chmodSync(path, mode);
    if (md5 !== undefined) this.listed.set(path, [{ package: "p", md5 }]);
    using file = openPath(path);
    const mark: Mark = {
      file: idOf(file.number),
      landingFolder: 0n,
      landingName: 0n,
      writerExe: this.hasher.file(WRITER),
      writerUid: 0,
      origin: 0,
      time: 1,
      flags: 0,
      from: null,
      path,
      url: null,
    };
    this.store.putMark(mark);
    return mark;
  }

  run(): Distrusted[] {
    // Long enough to come to an end.
    return this.check.step(60_000);
  }

  [Symbol.dispose](): void {
    this.store.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function idOf(fd: number): FileId {
  const { ino, dev } = status({ number: fd } as FileDescriptor);
  return { fs: new Uint8Array(16), ino, gen: 0, dev };
}

/** What the kernel tells of a file. */
function eventOf(type: LpEventType, mark: Mark, text = ""): RawEvent {
  return { type, flags: 0, file: mark.file, text, mark } as unknown as RawEvent;
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

Deno.test("PackageCheck leaves the trust to what packages have, and to what can't run", () => {
  using host = new Host();
  const marks = [
    host.write("good", "x", md5("x")),
    host.write("configuration", "x", null),
    host.write("own/list", "x", undefined),
    host.write("data", "x", md5("y"), 0o644),
    host.write("unlisted data", "x", undefined, 0o644),
  ];
  assertEquals(host.run(), []);
  for (const { file, writerExe, path } of marks) {
    const { flags, writerExe: now } = host.store.mark(file)!;
    assertEquals([flags, now], [MARK_CHECKED, writerExe], path!);
  }
});

Deno.test("PackageCheck takes the trust from what can run and isn't a package's", () => {
  using host = new Host();
  const wrong = host.write("wrong", "x", md5("y"));
  const code: [string, string][] = [["module.py", "x"], ["script", "#!/bin/sh"], [
    "lib",
    "\x7fELF",
  ]];
  for (const [name, text] of code) host.write(name, text, undefined, 0o644);
  const found = host.run();
  assertEquals(found.map(({ path }) => path.slice(host.folder.length + 1)).sort(), [
    "lib",
    "module.py",
    "script",
    "wrong",
  ]);
  assertEquals(found.find(({ path }) => path.endsWith("wrong"))?.package, "p");
  const { writerExe, writerUid } = host.store.mark(wrong.file)!;
  assertEquals([writerExe, writerUid], [0n, NO_UID]);
  assertEquals(host.check.countDistrusted(), 4);
  Deno.removeSync(`${host.folder}/wrong`);
  assertEquals(host.check.countDistrusted(), 3);
});

Deno.test("PackageCheck waits until the package manager has done its work", () => {
  using host = new Host();
  host.write("wrong", "x", md5("y"));
  host.rests = false;
  assertEquals(host.run(), []);
  assertEquals(host.store.uncheckedMarks(host.hasher.file(WRITER), "all", 9).length, 1);
});

Deno.test("PackageCheck looks at a moved file again when it runs", () => {
  using host = new Host();
  const mark = host.write("wrong", "x", md5("y"));
  const moved = `${host.folder}/moved`;
  Deno.renameSync(`${host.folder}/wrong`, moved);
  assertEquals(host.run(), []);
  assertEquals(host.store.mark(mark.file)!.flags, MARK_UNFOUND);
  host.check.note(eventOf(LpEventType.LP_EVENT_VERDICT, mark, moved));
  assertEquals(host.store.mark(mark.file)!.flags, 0);
  assertEquals(host.store.mark(mark.file)!.path, moved);
});

Deno.test("PackageCheck lets nobody whom no rule trusts put it off, nor looks at his files", () => {
  using host = new Host();
  host.write("wrong", "x", md5("y"));
  const his = host.write("his", "x", undefined);
  host.store.putMark({ ...his, writerUid: 1000 });
  const written = (writerUid: number) =>
    host.check.note(eventOf(LpEventType.LP_EVENT_MARK, { ...his, writerUid }));
  written(1000);
  assertEquals(host.run().map(({ path }) => path), [`${host.folder}/wrong`]);
  assertEquals(host.store.mark(his.file)!.flags, 0);
  // Those that a rule trusts are waited for.
  host.write("wrong too", "x", md5("y"));
  written(0);
  assertEquals(host.run(), []);
});

Deno.test("PackageCheck waits for no lease", async () => {
  using host = new Host();
  const mark = host.write("leased", "x", md5("y"));
  {
    // F_SETLEASE, and a process that doesn't care who waits.
    const hold = `$SIG{IO} = "IGNORE"; fcntl(F, 1024, F_WRLCK) or die;`;
    await using _lease = await heldByAnother(mark.path!, hold);
    assertEquals(host.run(), []);
    assertEquals(host.store.mark(mark.file)!.flags, MARK_UNFOUND);
  }
  // It is looked at when it runs.
  host.check.note(eventOf(LpEventType.LP_EVENT_VERDICT, mark, mark.path!));
  assertEquals(host.store.mark(mark.file)!.flags, 0);
});

Deno.test("trustedWriters() tells as whom programs are trusted", () => {
  const rule = (when: Rule["when"], deny = false): Rule => ({ number: 0, line: 0, deny, when });
  const rules = [
    rule({ writer_process: "/a", writer_uid: 0 }),
    rule({ writer_process: "/a", writer_uid: 7 }),
    rule({ writer_process: "/b", writer_uid: 0 }),
    rule({ writer_process: "/b" }),
    rule({ writer_process: "/b", writer_uid: 7 }),
    rule({ writer_process: "/c" }, true),
    rule({ writer_uid: 0 }),
  ];
  assertEquals(
    trustedWriters(rules),
    new Map<string, Uids>([["/a", new Set([0, 7])], ["/b", "all"]]),
  );
});

Deno.test("PackageCheck begins anew when the store can't be written", () => {
  using host = new Host();
  host.write("good", "x", md5("x"));
  const { store } = host;
  const transaction = store.transaction.bind(store);
  store.transaction = () => {
    throw new StoreError(store.path, "write to", "the disk is full");
  };
  assertThrows(() => host.run(), StoreError);
  store.transaction = transaction;
  assertEquals(store.uncheckedMarks(host.hasher.file(WRITER), "all", 9).length, 1);
});

Deno.test("PackageCheck checks nothing that no rule trusts", () => {
  using host = new Host();
  host.write("wrong", "x", md5("y"));
  host.check.trust(new Map([["/usr/bin/cp", "all"]]));
  assertEquals(host.run(), []);
});
