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

Deno.test("startOf() reads this process, and knows that a process isn't there", () => {
  const started = startOf(Deno.pid);
  assert(started !== null && started > 0);
  // Above PID_MAX_LIMIT: never a process.
  assertEquals(startOf(4_194_305), null);
});

Deno.test("sessionOf() finds the leader of a session", async () => {
  // This process may belong to a session whose leader is out of sight (in a container), so it
  // opens one of its own.
  const leader = new Deno.Command("setsid", { args: ["cat"], stdin: "piped", stdout: "piped" })
    .spawn();
  const input = leader.stdin.getWriter();
  const output = leader.stdout.getReader();
  await input.write(new TextEncoder().encode("the session is there\n"));
  await output.read();
  assertEquals(sessionOf(leader.pid).started, startOf(leader.pid));
  assert(startOf(leader.pid) !== null);
  await input.close();
  await output.cancel();
  await leader.status;
});
