import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../errors.ts";
import type { Plan } from "../host/install/plan.ts";
import { carryOut, type Person } from "./carry_out.ts";
import type { CommandContext } from "./command.ts";

const NOBODY: Person = {
  isThere: () => false,
  agrees: () => {
    throw new Error("asked nobody");
  },
};

/** Carries out a plan of three steps, the second of which says itself what it does. */
async function carried(flags: string[], person: Person = NOBODY, steps?: Plan["steps"]) {
  let printed = "";
  const done: string[] = [];
  const context = {
    switches: new Map(flags.map((flag) => [flag, true])),
    out: { print: (text: string) => printed += text },
  } as unknown as CommandContext;
  const plan: Plan = {
    steps: steps ?? [
      { text: "one", run: () => void done.push("one") },
      { text: "two", run: () => void done.push("two"), speaks: true },
      { text: "three" },
    ],
    notes: ["mind the gap"],
    exit: 4,
  };
  const exit = await carryOut(plan, context, person);
  return { exit, printed, done: done.join() };
}

Deno.test("carryOut() with --dry-run does nothing", async () => {
  assertEquals(await carried(["dry-run", "yes"]), {
    exit: 0,
    printed: "This would\n  one\n  two\n  three\nnote: mind the gap\n",
    done: "",
  });
});

Deno.test("carryOut() with --yes asks nobody and says what it does", async () => {
  assertEquals(await carried(["yes"]), {
    exit: 4,
    printed: "one\nnote: mind the gap\n",
    done: "one,two",
  });
});

Deno.test("carryOut() asks the person at the terminal", async () => {
  const person = (agrees: boolean): Person => ({ isThere: () => true, agrees: () => agrees });
  assertEquals((await carried([], person(true))).done, "one,two");
  const { exit, done } = await carried([], person(false));
  assertEquals([exit, done], [1, ""]);
});

Deno.test("carryOut() refuses to go on when there is nobody to ask", async () => {
  await assertRejects(() => carried([]), UserError, "standard input is not a terminal");
});

Deno.test("carryOut() has nothing to do the second time", async () => {
  assertEquals(await carried([], NOBODY, []), {
    exit: 0,
    printed: "nothing to do\nnote: mind the gap\n",
    done: "",
  });
});
