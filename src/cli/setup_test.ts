import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../errors.ts";
import { parseInvocation } from "./parse.ts";
import { chooseTemplate } from "./setup.ts";
import { SETUP } from "./specs/install.ts";

/** What setup takes, where a person would answer this; the second time, the last answer. */
async function chosen(
  args: string[],
  answers: (string | null)[] | null,
  allowlist = "/nonexistent",
) {
  const said: string[] = [];
  const context = {
    ...parseInvocation(args, SETUP),
    out: { print: (text: string) => said.push(text), warn: () => {}, columns: 80, colors: false },
    env: () => undefined,
    dropNetwork: () => {},
  };
  const left = [...answers ?? []];
  const person = {
    isThere: () => answers !== null,
    names: () => left.length > 0 ? left.shift()! : null,
  };
  const template = await chooseTemplate(context, { person, allowlist });
  return { template, asked: (answers?.length ?? 0) - left.length, said };
}

Deno.test("setup asks a person which example, until it is one", async () => {
  assertEquals(await chosen([], ["desktop", " server "]), {
    template: "server",
    asked: 2,
    said: ['there is no example "desktop"\n'],
  });
  for (const none of ["", " ", null]) {
    assertEquals((await chosen([], [none])).template, undefined);
  }
});

Deno.test("setup asks nobody when it needn't or can't", async () => {
  const nobody = { template: undefined, asked: 0, said: [] };
  assertEquals(await chosen(["--yes"], ["server"]), nobody);
  assertEquals(await chosen(["--dry-run"], ["server"]), nobody);
  assertEquals(await chosen([], null), nobody);
  assertEquals(await chosen([], ["server"], "/etc/passwd"), nobody);
  assertEquals((await chosen(["--template", "ci"], ["server"])).template, "ci");
  assertEquals((await chosen(["--yes", "--template=ci"], null)).template, "ci");
});

Deno.test("setup knows no other examples", () => {
  assertThrows(() => parseInvocation(["--template", "desktop"], SETUP), UserError, "desktop");
});
