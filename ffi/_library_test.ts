import { assertEquals, assertThrows } from "@std/assert";
import { openLibrary } from "./_library.ts";
import { LibraryMissing } from "./library_missing.ts";

const symbols = { getpid: { parameters: [], result: "i32" } } as const;

Deno.test("openLibrary() opens nothing before it is asked, and then the first that is there", () => {
  const library = openLibrary({
    names: ["liblinprov-missing.so.1", "libc.so.6"],
    fix: "install it",
    symbols,
  });
  assertEquals(library().getpid(), Deno.pid);
  assertEquals(library(), library());
});

Deno.test("openLibrary() misses a symbol when it is wanted", () => {
  const library = openLibrary({
    names: ["libc.so.6"],
    fix: "install a newer one",
    symbols: { ...symbols, linprov_missing: { parameters: [], result: "void" } },
  });
  assertEquals(library().getpid(), Deno.pid);
  assertThrows(() => library().linprov_missing(), LibraryMissing, "libc.so.6");
});

Deno.test("openLibrary() says what it tried and how to fix it", () => {
  const library = openLibrary({
    names: ["liblinprov-a.so", "liblinprov-b.so"],
    fix: "fix",
    symbols,
  });
  const error = assertThrows(library, LibraryMissing, "liblinprov-a.so or liblinprov-b.so");
  assertEquals(error.tried, ["liblinprov-a.so", "liblinprov-b.so"]);
  assertEquals(error.fix, "fix");
});

Deno.test("openLibrary() does not call a missing permission a missing library", async () => {
  const module = new URL("./libbpf.ts", import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`
    import { libbpfVersion } from ${JSON.stringify(module)};
    try { libbpfVersion(); } catch (error) { console.log(error.name); }`));
  await writer.close();
  const { stdout } = await child.output();
  assertEquals(new TextDecoder().decode(stdout), "NotCapable\n");
});
