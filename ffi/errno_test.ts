import { assertEquals } from "@std/assert";
import { Errno, errnoName, errnoText } from "./errno.ts";

Deno.test("errnoName() and errnoText() know the kernel's and libbpf's numbers", () => {
  assertEquals([errnoName(1), errnoText(1)], ["EPERM", "Operation not permitted"]);
  assertEquals([errnoName(28), errnoText(28)], ["ENOSPC", "No space left on device"]);
  assertEquals(errnoName(133), "EHWPOISON");
  assertEquals([errnoName(524), errnoText(524)], [
    "ENOTSUPP",
    "Operation not supported by this kernel",
  ]);
  assertEquals([errnoName(4001), errnoText(4001)], [
    "LIBBPF_FORMAT",
    "BPF object format invalid",
  ]);
});

Deno.test("errnoName() and errnoText() give the number when they don't know it", () => {
  assertEquals([errnoName(3999), errnoText(3999)], ["E3999", "Unknown error 3999"]);
});

Deno.test("Errno agrees with the table", () => {
  for (const [name, number] of Object.entries(Errno)) assertEquals(errnoName(number), name);
});
