import { assertEquals, assertThrows } from "@std/assert";
import { BpfError } from "./error.ts";
import { openPath } from "./libc.ts";
import { getXattr, removeXattr, setXattr } from "./xattr.ts";

const name = "user.linprov.test";

function withFile(test: (path: string) => void): () => void {
  return () => {
    const path = Deno.makeTempFileSync();
    try {
      test(path);
    } finally {
      Deno.removeSync(path);
    }
  };
}

Deno.test(
  "setXattr(), getXattr() and removeXattr() work by path and by descriptor",
  withFile((path) => {
    assertEquals(getXattr(path, name), undefined);
    setXattr(path, name, new Uint8Array([1, 0, 255]));
    using file = openPath(path);
    assertEquals(getXattr(file.procPath, name), new Uint8Array([1, 0, 255]));
    setXattr(file.procPath, name, new Uint8Array());
    assertEquals(getXattr(path, name), new Uint8Array());
    assertEquals([removeXattr(file.procPath, name), removeXattr(path, name)], [true, false]);
  }),
);

Deno.test(
  "getXattr() gives a copy",
  withFile((path) => {
    setXattr(path, name, new Uint8Array([1]));
    const first = getXattr(path, name);
    setXattr(path, name, new Uint8Array([2]));
    getXattr(path, name);
    assertEquals(first, new Uint8Array([1]));
  }),
);

Deno.test(
  "getXattr() reads a link's own attribute when told so",
  withFile((path) => {
    setXattr(path, name, new Uint8Array([1]));
    const link = `${path}.link`;
    Deno.symlinkSync(path, link);
    try {
      assertEquals(getXattr(link, name), new Uint8Array([1]));
      // The kernel allows no user attributes on links.
      assertEquals(getXattr(link, name, { followLink: false }), undefined);
    } finally {
      Deno.removeSync(link);
    }
  }),
);

Deno.test("errors name the attribute and the file", () => {
  const error = assertThrows(() => getXattr("/nowhere", name), BpfError);
  assertEquals(error.action, `read the attribute ${name} of "/nowhere"`);
  assertEquals(error.code, "ENOENT");
  assertThrows(() => setXattr("/proc/version", name, new Uint8Array(1)), BpfError, "EOPNOTSUPP");
  assertThrows(() => removeXattr("/nowhere", name), BpfError, "ENOENT");
});
