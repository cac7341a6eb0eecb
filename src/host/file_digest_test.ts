import { assertEquals, assertThrows } from "@std/assert";
import { BpfError } from "../../ffi/error.ts";
import { openPath } from "../../ffi/libc.ts";
import { DIGEST_MAX, fileDigest } from "./file_digest.ts";

Deno.test("fileDigest() is what sha256sum prints, up to a size", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/abc`, "abc");
    using abc = openPath(`${folder}/abc`);
    assertEquals(
      fileDigest(abc),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
    // Larger than what is read at once.
    await Deno.writeFile(`${folder}/zeros`, new Uint8Array(3_000_000));
    using zeros = openPath(`${folder}/zeros`);
    const digest = await crypto.subtle.digest("SHA-256", new Uint8Array(3_000_000));
    assertEquals(fileDigest(zeros), new Uint8Array(digest).toHex());
    {
      using large = await Deno.open(`${folder}/large`, { create: true, write: true });
      await large.truncate(Number(DIGEST_MAX) + 1);
    }
    using large = openPath(`${folder}/large`);
    assertEquals(fileDigest(large), null);
    using place = openPath(folder, { directory: true });
    assertThrows(() => fileDigest(place), BpfError, "EISDIR");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
