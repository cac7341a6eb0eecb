import { assert, assertEquals } from "@std/assert";
import { LpPlace } from "../../ffi/layout.gen.ts";
import { foldersAbove, isRecognizable, places } from "./places.ts";

Deno.test("isRecognizable() tells linprov's program by its name alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["linprov", "deno"]) await Deno.writeTextFile(`${folder}/${name}`, "");
    assert(isRecognizable(`${folder}/linprov`));
    assert(!isRecognizable(`${folder}/deno`));
    assert(!isRecognizable(`${folder}/none`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("foldersAbove() goes up to the root, and leaves it out", () => {
  assertEquals(foldersAbove("/sys/fs/bpf/linprov"), ["/sys/fs/bpf", "/sys/fs", "/sys"]);
  assertEquals(foldersAbove("/state"), []);
  assertEquals(foldersAbove(""), []);
});

Deno.test("places() names what is there, and leaves out what isn't", () => {
  const found = places("/nonexistent/pins");
  assertEquals(found.get(LpPlace.LP_PLACE_PINNED), undefined);
  assertEquals(found.get(LpPlace.LP_PLACE_INSTALLED), Deno.realPathSync("/usr/local/bin"));
  assert(found.has(LpPlace.LP_PLACE_PROGRAM));
});
