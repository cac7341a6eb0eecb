import { assertEquals } from "@std/assert";
import { LearnedRules } from "./learned.ts";

Deno.test("LearnedRules knows a rule again, by what it says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/learned`;
    const learned = new LearnedRules(path);
    assertEquals(await learned.has("creator_comm=curl"), false);
    await learned.add("landing_filename=x;creator_comm=curl");
    await learned.add("landing_filename=x;creator_comm=curl");
    // A crash left half a line.
    await Deno.writeTextFile(path, "landing_fil", { append: true });
    for (const rules of [learned, new LearnedRules(path)]) await rules.add("creator_uid=7");
    const again = new LearnedRules(path);
    for (const rules of [learned, again]) {
      assertEquals(await rules.has('creator_comm=curl ; landing_filename="x" # by=me'), true);
      assertEquals(await rules.has("creator_uid=7"), true);
      assertEquals(await rules.has("creator_comm=curl"), false);
      assertEquals(await rules.has("deny creator_uid=7"), false);
      assertEquals(await rules.has("landing_fil"), false);
    }
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
