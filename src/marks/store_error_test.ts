import { assert, assertEquals, assertThrows } from "@std/assert";
import { guard, StoreCorrupt, StoreError } from "./store_error.ts";

function failing(message: string, code?: string) {
  return () => {
    throw Object.assign(new Error(message), { code });
  };
}

Deno.test("guard() returns what the work returns", () => {
  assertEquals(guard("/s", "read", () => 5), 5);
});

Deno.test("guard() words errors of SQLite and of the filesystem", () => {
  const full = assertThrows(
    () => guard("/s", "write to", failing("database or disk is full", "ERR_SQLITE_ERROR")),
    StoreError,
  );
  assertEquals(full.message, "cannot write to the store /s: database or disk is full");
  assert(!(full instanceof StoreCorrupt));
  assertThrows(
    () => guard("/s", "read", failing("file is not a database", "ERR_SQLITE_ERROR")),
    StoreCorrupt,
    "cannot use the store /s: it is damaged: file is not a database",
  );
  const denied = assertThrows(() => guard("/s", "open", failing("x", "EACCES")), StoreError);
  assertEquals(denied.message, "cannot open the store /s: permission denied");
  assertThrows(() => guard("/s", "open", failing("x", "EMFILE")), StoreError, "/s: EMFILE");
});

Deno.test("guard() lets all other errors through", () => {
  assertThrows(() => guard("/s", "read", failing("mine")), Error, "mine");
  const error = assertThrows(() => guard("/s", "read", failing("mine", "ERR_INVALID_ARG_TYPE")));
  assert(!(error instanceof StoreError));
});
