import { assertEquals } from "@std/assert";
import type { EngineStatus } from "./protocol.ts";
import { ServiceManager } from "./service_manager.ts";

const STATUS = {
  mode: "enforce",
  rules: { loaded: 3, total: 3 },
  stored: 7,
} as EngineStatus;

/** A manager that keeps what it is told, and waits for the next of it. */
function fake(watchdogUsec?: string) {
  const told: string[] = [];
  let arrived = Promise.withResolvers<void>();
  const manager = new ServiceManager({
    env: (name) => name === "WATCHDOG_USEC" ? watchdogUsec : undefined,
    notify: (state) => {
      told.push(state);
      arrived.resolve();
      arrived = Promise.withResolvers();
      return true;
    },
  });
  const until = async (count: number) => {
    while (told.length < count) await arrived.promise;
  };
  return { manager, told, until };
}

Deno.test("ServiceManager says that the daemon runs, reloads and stops", async () => {
  const { manager, told, until } = fake();
  manager.ready(() => Promise.resolve({ ...STATUS, rules: { loaded: 1, total: 2, files: [] } }));
  await until(2);
  manager.reloading();
  manager.reloaded();
  manager.stopping();
  assertEquals(told, [
    "READY=1",
    "STATUS=Enforce: 1 rule, 7 marked files",
    "RELOADING=1",
    "READY=1",
    "STOPPING=1\nSTATUS=Stopping",
  ]);
});

Deno.test("ServiceManager feeds the watchdog while the kernel side answers", async () => {
  const { manager, told, until } = fake("30000");
  using _manager = manager;
  const answers = [STATUS, STATUS];
  const hang = new Promise<EngineStatus>(() => {});
  let asked = 0;
  manager.ready(() => (asked++, answers.pop() ? Promise.resolve(STATUS) : hang));
  await until(3);
  const fed = "WATCHDOG=1\nSTATUS=Enforce: 3 rules, 7 marked files";
  // Two periods without an answer.
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals([told, asked], [["READY=1", fed, fed], 3]);
});

Deno.test("ServiceManager goes on when nobody can be told", () => {
  const notify = () => {
    throw new Error("Cannot tell the service manager");
  };
  using manager = new ServiceManager({ env: () => undefined, notify });
  manager.ready(() => Promise.reject(new Error("The kernel side ended")));
  manager.reloading();
});
