import { assertEquals, assertRejects } from "@std/assert";
import { UserError } from "../../errors.ts";
import { findPackaged, requireUnpackaged } from "./packages.ts";
import type { Run } from "./run.ts";

/** dpkg and rpm know a file each; of others, dpkg says nothing and rpm something else. */
const run: Run = (command, args) => {
  if (command === "dpkg") {
    const found = args.includes("/usr/bin/ls");
    const out = found ? "diversion by x from: /y\ncoreutils: /usr/bin/ls\n" : "";
    return Promise.resolve({ code: found && args.length === 2 ? 0 : 1, out, err: "" });
  }
  const known = args[1] === "/usr/bin/rpm";
  const out = known ? "rpm-4.20\n" : `file ${args[1]} is not owned by any package\n`;
  return Promise.resolve({ code: known ? 0 : 1, out, err: "" });
};

const onlyDpkg: Run = (command, args) =>
  command === "dpkg" ? run(command, args) : Promise.resolve(undefined);

Deno.test("findPackaged() asks the package managers that there are", async () => {
  assertEquals(await findPackaged(["/usr/local/bin/linprov", "/usr/bin/ls"], run), {
    path: "/usr/bin/ls",
    says: "dpkg -S says: coreutils: /usr/bin/ls",
  });
  assertEquals(await findPackaged(["/usr/local/bin/linprov", "/usr/bin/rpm"], run), {
    path: "/usr/bin/rpm",
    says: "rpm -qf says: rpm-4.20",
  });
  assertEquals(await findPackaged(["/usr/bin/rpm"], onlyDpkg), undefined);
  assertEquals(await findPackaged(["/bin/ls"], run), undefined);
});

Deno.test("findPackaged() finds nothing where there is no package manager", async () => {
  assertEquals(await findPackaged(["/usr/bin/ls"], () => Promise.resolve(undefined)), undefined);
});

Deno.test("requireUnpackaged() refuses the files of packages", async () => {
  await requireUnpackaged("cannot set up", ["/usr/local/bin/linprov"], run);
  await assertRejects(
    () => requireUnpackaged("cannot set up", ["/usr/local/bin/linprov", "/usr/bin/ls"], run),
    UserError,
    "cannot set up: /usr/bin/ls belongs to a package",
  );
});
