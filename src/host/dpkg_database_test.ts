import { assert, assertEquals } from "@std/assert";
import { heldByAnother } from "../_held_by_another.ts";
import { dpkgDatabase } from "./dpkg_database.ts";
import type { Listing, PackageDatabase } from "./package_database.ts";

const STATUS =
  "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: hold ok installed\n";
const [GOOD, OTHER] = ["0".repeat(32), "1".repeat(32)];

/** A database that is removed again; names may hold anything. */
function database(files: Record<string, string>): { folder: string; database: PackageDatabase } {
  const folder = Deno.makeTempDirSync();
  Deno.mkdirSync(`${folder}/info`);
  Deno.mkdirSync(`${folder}/updates`);
  for (const [name, text] of Object.entries({ status: STATUS, lock: "", ...files })) {
    Deno.writeTextFileSync(`${folder}/${name}`, text);
  }
  return { folder, database: dpkgDatabase(folder)! };
}

function look(database: PackageDatabase, ...paths: string[]): Record<string, Listing[]> {
  const walk = database.look(paths);
  for (;;) {
    const { done, value } = walk.next();
    if (done) return Object.fromEntries(value);
  }
}

Deno.test("dpkgDatabase() is null where there is no dpkg", () => {
  assertEquals(dpkgDatabase("/nowhere"), null);
});

Deno.test("dpkgDatabase() finds files, checksums, and files without one", () => {
  const { folder, database: dpkg } = database({
    "info/a:amd64.list": "/.\n/usr\n/usr/share/x/tool\n/etc/a.conf\n",
    "info/a:amd64.md5sums": `${GOOD}  usr/share/x/tool\n`,
    "info/b.list": "/usr/share/x/other\n",
    "info/b.md5sums": `${OTHER}  usr/share/x/tool\n${GOOD}  usr/share/x/other\n`,
  });
  assertEquals(look(dpkg, "/usr/share/x/tool", "/etc/a.conf", "/usr/share/x/none", "/x/tool"), {
    // b has no such file: what it says of it means nothing.
    "/usr/share/x/tool": [{ package: "a:amd64", md5: GOOD }],
    "/etc/a.conf": [{ package: "a:amd64", md5: null }],
    "/usr/share/x/none": [],
    "/x/tool": [],
  });
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("dpkgDatabase() follows links of folders and diversions", () => {
  const place = Deno.makeTempDirSync();
  Deno.mkdirSync(`${place}/usr/bin`, { recursive: true });
  Deno.symlinkSync("usr/bin", `${place}/bin`);
  const { folder, database: dpkg } = database({
    "info/a.list": `${place}/bin/tool\n`,
    "info/a.md5sums": `${GOOD}  ${place.slice(1)}/bin/tool\n`,
    "diversions": `${place}/usr/bin/tool\n${place}/usr/bin/tool.real\nb\n`,
  });
  const expected = [{ package: "a", md5: GOOD }];
  assertEquals(look(dpkg, `${place}/usr/bin/tool`, `${place}/usr/bin/tool.real`), {
    [`${place}/usr/bin/tool`]: expected,
    [`${place}/usr/bin/tool.real`]: expected,
  });
  assertEquals(dpkg.places(`${place}/usr/bin/tool.dpkg-new`), [
    `${place}/usr/bin/tool`,
    `${place}/usr/bin/tool.real`,
    `${place}/usr/bin/tool.dpkg-new`,
  ]);
  for (const each of [folder, place]) Deno.removeSync(each, { recursive: true });
});

Deno.test("dpkgDatabase() takes whatever a package says", () => {
  const { folder, database: dpkg } = database({
    "info/a.list": "/usr/bin/tool\n",
    "info/a.md5sums": `\n\0\nshort\n${GOOD}  a\0b/tool\n${OTHER}  ../usr/bin/tool\n${
      "x".repeat(99)
    }`,
  });
  assertEquals(look(dpkg, "/usr/bin/tool")["/usr/bin/tool"]!.length, 1);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("dpkgDatabase() is at rest unless something is locked, pending or half-way", async () => {
  const { folder, database: dpkg } = database({});
  assert(dpkg.isAtRest());
  Deno.writeTextFileSync(`${folder}/updates/0001`, "");
  assert(!dpkg.isAtRest());
  Deno.removeSync(`${folder}/updates/0001`);
  for (const state of ["install ok half-installed", "install reinstreq unpacked"]) {
    Deno.writeTextFileSync(`${folder}/status`, STATUS.replace("install ok installed", state));
    assert(!dpkg.isAtRest(), state);
  }
  Deno.writeTextFileSync(`${folder}/status`, STATUS);
  {
    // As dpkg does it.
    await using _lock = await heldByAnother(
      `${folder}/lock`,
      `my $lock = pack("s s l! l! i x4", F_WRLCK, 0, 0, 0, 0);
       fcntl(F, F_SETLK, $lock) or die;`,
    );
    assert(!dpkg.isAtRest());
  }
  assert(dpkg.isAtRest());
  Deno.removeSync(folder, { recursive: true });
});
