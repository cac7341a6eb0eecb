import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../errors.ts";
import { requireDigests, requireHost } from "./host_check.ts";

Deno.test("requireDigests() fails with what the host lacks", () => {
  requireDigests({ state: "supported", detail: "SHA-256" });
  const detail = "the kernel lacks ima_file_hash";
  const error = assertThrows(
    () => requireDigests({ state: "unsupported", detail, fix: "use another" }),
    UserError,
  );
  assertEquals([error.why, error.hint, error.exit], [detail, "use another", 4]);
  assertThrows(() => requireDigests({ state: "untested", detail }), UserError, detail);
});

Deno.test("requireHost() doesn't take what could not be tested for a yes", () => {
  requireHost([{ name: "root", state: "supported", detail: "root" }]);
  requireHost([{ name: "BPF filesystem", state: "unsupported", detail: "x" }]);
  assertThrows(
    () => requireHost([{ name: "root", state: "untested", detail: "who knows" }]),
    UserError,
    "who knows",
  );
});
