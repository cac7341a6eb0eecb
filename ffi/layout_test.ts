import { assert } from "@std/assert";
import { layoutIsCurrent } from "../scripts/build_bpf.ts";

Deno.test("layout.gen.ts is what the C files make it", async () => {
  assert(await layoutIsCurrent(), "run scripts/build_bpf.ts");
});
