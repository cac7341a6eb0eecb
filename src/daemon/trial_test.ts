import { assert, assertEquals } from "@std/assert";
import { isNewSession, sessionOf, startOf } from "./trial.ts";

Deno.test("isNewSession() takes only a session that was opened afterwards", () => {
  const own = { audit: null, started: 100 };
  assert(isNewSession(own, 500, { audit: null, started: 501 }));
  assert(!isNewSession(own, 500, { audit: null, started: 100 }));
  assert(!isNewSession(own, 500, { audit: null, started: null }));
  assert(isNewSession({ audit: 1, started: 100 }, 500, { audit: 2, started: 501 }));
  assert(!isNewSession({ audit: 1, started: 100 }, 500, { audit: 1, started: 501 }));
});

Deno.test("sessionOf() and startOf() read this process", () => {
  const started = startOf(Deno.pid);
  assert(started !== null && started > 0);
  assert(sessionOf(Deno.pid).started !== null);
  // Above PID_MAX_LIMIT: never a process.
  assertEquals(startOf(4_194_305), null);
});
