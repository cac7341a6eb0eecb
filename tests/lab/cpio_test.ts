import { assertEquals } from "@std/assert";
import { cpio } from "./cpio.ts";

Deno.test("cpio() pads names and data to four bytes and ends with a trailer", () => {
  const data = new TextEncoder().encode("hello");
  const archive = cpio([{ path: "init", mode: 0o100755, data }]);
  const text = new TextDecoder().decode(archive);
  assertEquals(archive.length % 4, 0);
  assertEquals(text.slice(0, 6), "070701");
  assertEquals(text.slice(14, 22), "000081ed");
  assertEquals(text.slice(54, 62), "00000005");
  assertEquals(text.slice(110, 115), "init\0");
  assertEquals(text.slice(116, 121), "hello");
  assertEquals(text.slice(124, 130), "070701");
  assertEquals(text.includes("TRAILER!!!"), true);
});
