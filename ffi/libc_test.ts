import { assert, assertEquals, assertThrows } from "@std/assert";
import { libc, settled } from "./_libc_symbols.ts";
import { BpfError } from "./error.ts";
import {
  FileDescriptor,
  filesystemStatus,
  generation,
  openFile,
  openPath,
  quotePath,
  status,
  syncFile,
  tryLock,
} from "./libc.ts";

function withFolder(test: (folder: string) => void): () => void {
  return () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  };
}

Deno.test(
  "status() agrees with Deno about device and inode",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/f`, "12345", { mode: 0o640 });
    const expected = Deno.statSync(`${folder}/f`);
    using file = openPath(`${folder}/f`);
    const found = status(file);
    // Deno gives the C library's encoding of the device.
    const major = expected.dev >> 8 & 0xfff;
    const minor = expected.dev & 0xff | expected.dev >> 12 & 0xfff00;
    assertEquals(found.dev, major << 20 | minor);
    assertEquals(found.ino, BigInt(expected.ino!));
    assertEquals(found.mode, expected.mode);
    assertEquals([found.uid, found.gid, found.nlink], [expected.uid, expected.gid, 1]);
    assertEquals(found.size, 5n);
    assertEquals(Number(found.mtime), Math.floor(expected.mtime!.getTime() / 1000));
  }),
);

Deno.test(
  "openPath() takes a link itself, openFile() what it leads to",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/f`, "");
    Deno.symlinkSync("f", `${folder}/link`);
    using link = openPath(`${folder}/link`);
    using file = openFile(`${folder}/link`);
    assertEquals(status(link).mode & 0o170000, 0o120000);
    assertEquals(status(file).mode & 0o170000, 0o100000);
  }),
);

Deno.test(
  "openPath() starts from a folder and keeps to the file when it is renamed",
  withFolder((folder) => {
    using at = openPath(folder, { directory: true });
    Deno.writeTextFileSync(`${folder}/f`, "first");
    using file = openPath("f", { at });
    Deno.renameSync(`${folder}/f`, `${folder}/g`);
    Deno.writeTextFileSync(`${folder}/f`, "second");
    assertEquals(Deno.readTextFileSync(file.procPath), "first");
    const error = assertThrows(() => openPath("f", { at, directory: true }), BpfError);
    assertEquals(error.code, "ENOTDIR");
  }),
);

Deno.test(
  "paths are bytes",
  withFolder((folder) => {
    const name = "\xff\n";
    using at = openPath(folder);
    assertThrows(() => openPath(name, { at }), BpfError, '"\xff\\n": No such file');
    const bytes = new Uint8Array([...new TextEncoder().encode(`${folder}/`), 0xff]);
    assertThrows(() => openFile(bytes), BpfError, quotePath(bytes));
  }),
);

Deno.test("FileDescriptor closes once and can't be used afterwards", () => {
  const file = openFile("/dev/null");
  const link = file.procPath;
  file[Symbol.dispose]();
  assertThrows(() => Deno.lstatSync(link), Deno.errors.NotFound);
  file[Symbol.dispose]();
  assertThrows(() => file.number, Deno.errors.BadResource, "closed already");
  assertThrows(() => status(file), Deno.errors.BadResource);
});

Deno.test(
  "generation() is the same for the same file, and none where there is none",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/f`, "");
    using first = openFile(`${folder}/f`);
    using second = openFile(`${folder}/f`);
    assertEquals(generation(first), generation(second));
    using device = openFile("/dev/null");
    assertEquals(generation(device), undefined);
    using pinned = openPath(`${folder}/f`);
    assertEquals(assertThrows(() => generation(pinned), BpfError).code, "EBADF");
  }),
);

Deno.test("filesystemStatus() tells filesystems apart", () => {
  assertEquals(filesystemStatus("/proc").type, 0x9fa0);
  const { blockSize, blocks, available } = filesystemStatus("/");
  assert(blockSize > 0 && blocks >= available);
  assertEquals(assertThrows(() => filesystemStatus("/nowhere"), BpfError).code, "ENOENT");
});

Deno.test(
  "tryLock() excludes others until the descriptor is closed",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/f`, "");
    const first = openFile(`${folder}/f`);
    using second = openFile(`${folder}/f`);
    assertEquals([tryLock(first), tryLock(second)], [true, false]);
    first[Symbol.dispose]();
    assertEquals(tryLock(second), true);
  }),
);

Deno.test(
  "syncFile() works on files only",
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/f`, "");
    using file = openFile(`${folder}/f`);
    syncFile(file);
    using pinned = openPath(`${folder}/f`);
    assertThrows(() => syncFile(pinned), BpfError, "EBADF");
  }),
);

Deno.test("a number that is no descriptor is an error with its name", () => {
  // Not disposed of: the number isn't ours to close.
  const wrong = new FileDescriptor(1_000_000);
  assertEquals(assertThrows(() => status(wrong), BpfError).code, "EBADF");
});

Deno.test("settled() makes a call once, and gives minus its errno", () => {
  let calls = 0;
  const rc = settled(() => {
    calls++;
    return libc().close(-1);
  });
  // EBADF.
  assertEquals([rc, calls], [-9, 1]);
  assertEquals(settled(() => 7), 7);
});
