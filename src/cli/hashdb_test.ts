import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../errors.ts";
import { Store } from "../marks/store.ts";
import type { CommandSpec, Handler } from "./command.ts";
import { handler as grep } from "./hashdb_grep.ts";
import { handler as resolve } from "./hashdb_resolve.ts";
import { parseInvocation } from "./parse.ts";
import { HASHDB_GREP, HASHDB_RESOLVE } from "./specs/files.ts";

/** Runs a command on a store with four entries. */
async function run(spec: CommandSpec, handler: Handler, args: string[]) {
  const folder = await Deno.makeTempDir({ prefix: "linprov-hashdb-" });
  try {
    const path = `${folder}/store.db`;
    {
      using store = Store.open(path);
      store.putTexts([
        { hash: 1n, kind: "file", bytes: "/home/u/Downloads/a.sh" },
        { hash: 0xfedcba9876543210n, kind: "file", bytes: "/tmp/a\tb\n/usr/bin/c" },
        { hash: 2n, kind: "comm", bytes: "curl" },
        { hash: 3n, kind: "remote", bytes: "\0".repeat(10) + "\xff\xff\xc0\x00\x02\x01" },
      ]);
    }
    let [out, err] = ["", ""];
    const code = await handler({
      ...parseInvocation(["--hash-db", path, ...args], spec),
      out: {
        print: (text) => out += text,
        warn: (text) => err += text,
        columns: 80,
        colors: false,
      },
      env: () => undefined,
      dropNetwork: () => {},
    });
    return { code, out, err };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("hashdb grep prints HASH and PATH, and 1 for nothing", async () => {
  const search = (...args: string[]) => run(HASHDB_GREP, grep, args);
  assertEquals((await search("a.sh$")).out, "0000000000000001\t/home/u/Downloads/a.sh\n");
  assertEquals((await search("-i", "^CURL$")).out, "0000000000000002\tcurl\n");
  assertEquals((await search("-F", "a.s")).code, 0);
  assertEquals(await search("-F", "a?s"), { code: 1, out: "", err: "" });
  // One line and two columns, whatever the file is called.
  assertEquals((await search("/tmp/")).out, 'fedcba9876543210\t"/tmp/a\\tb\\n/usr/bin/c"\n');
});

Deno.test("hashdb grep says what is wrong with a pattern", async () => {
  const error = await assertRejects(() => run(HASHDB_GREP, grep, ["("]), UserError);
  assertEquals(error.exit, 2);
});

Deno.test("hashdb resolve prints what it finds, and 1 if something is missing", async () => {
  const look = (...args: string[]) => run(HASHDB_RESOLVE, resolve, args);
  assertEquals((await look("2", "0xFEDCBA9876543210")).out.split("\n").length, 3);
  assertEquals((await look("#0000000000000003")).out, "0000000000000003\t192.0.2.1\n");
  assertEquals(await look("1", "77"), {
    code: 1,
    out: "0000000000000001\t/home/u/Downloads/a.sh\n",
    err: "linprov: cannot resolve 77: it is not in the store\n",
  });
  const error = await assertRejects(() => look("xyz"), UserError);
  assertEquals(error.exit, 2);
});
