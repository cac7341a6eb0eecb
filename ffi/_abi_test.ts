import { assertEquals } from "@std/assert";
import { findClang } from "../scripts/build_bpf.ts";
import { abi } from "./_abi.ts";

Deno.test("the offsets in abi are those of the system's headers", async () => {
  const lines = ["#define _GNU_SOURCE", "#include <stddef.h>"];
  for (const [name, { header, size, fields }] of Object.entries(abi)) {
    lines.push(`#include <${header}>`);
    if (size !== undefined) {
      lines.push(`_Static_assert(sizeof(struct ${name}) == ${size}, "${name}");`);
    }
    for (const [field, offset] of Object.entries(fields)) {
      lines.push(
        `_Static_assert(offsetof(struct ${name}, ${field}) == ${offset}, "${name}.${field}");`,
      );
    }
  }
  const child = new Deno.Command(await findClang(), {
    args: ["-fsyntax-only", "-x", "c", "-"],
    stdin: "piped",
    stderr: "piped",
    stdout: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(lines.join("\n") + "\n"));
  await writer.close();
  const { success, stderr } = await child.output();
  assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
});
