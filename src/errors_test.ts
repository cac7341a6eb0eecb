import { assert, assertEquals } from "@std/assert";
import { UserError } from "./errors.ts";

Deno.test("UserError keeps its parts and joins them in the message", () => {
  const cause = new Error("EACCES");
  const error = new UserError("cannot open X", "permission denied", {
    exit: 4,
    hint: "run it as root",
    cause,
  });
  assert(error instanceof Error);
  assertEquals(error.name, "UserError");
  assertEquals(error.message, "cannot open X: permission denied");
  assertEquals([error.what, error.why], ["cannot open X", "permission denied"]);
  assertEquals([error.exit, error.hint, error.cause], [4, "run it as root", cause]);
});

Deno.test("UserError has no cause unless one was given", () => {
  const error = new UserError("a", "b", { exit: 70 });
  assert(!("cause" in error));
  assertEquals(error.hint, undefined);
});
