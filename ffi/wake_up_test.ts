import { assert, assertEquals, assertThrows } from "@std/assert";
import { BpfError } from "./error.ts";
import { waitFor, WakeUp } from "./wake_up.ts";

Deno.test("waitFor() counts how often it was woken, once", () => {
  using other = new WakeUp();
  using wakeUp = new WakeUp();
  wakeUp.wake();
  wakeUp.wake();
  assertEquals(waitFor(other.number, wakeUp.number, -1), 2);
  assertEquals(waitFor(other.number, wakeUp.number, 0), 0);
});

Deno.test("waitFor() waits for nothing but its waking where nothing else is named", () => {
  using wakeUp = new WakeUp();
  assertEquals(waitFor(null, wakeUp.number, 1), 0);
  wakeUp.wake();
  assertEquals(waitFor(null, wakeUp.number, -1), 1);
});

Deno.test("waitFor() ends when there is something to read, and leaves it there", () => {
  using other = new WakeUp();
  using wakeUp = new WakeUp();
  other.wake();
  assertEquals(waitFor(other.number, wakeUp.number, -1), 0);
  assertEquals(waitFor(wakeUp.number, other.number, -1), 1);
});

Deno.test("waitFor() waits as long as it should", () => {
  using other = new WakeUp();
  using wakeUp = new WakeUp();
  const start = performance.now();
  assertEquals(waitFor(other.number, wakeUp.number, 30), 0);
  assert(performance.now() - start >= 29);
});

Deno.test("waitFor() is ended by another thread", async () => {
  using other = new WakeUp();
  using wakeUp = new WakeUp();
  const program = `import { waitFor } from ${JSON.stringify(import.meta.resolve("./wake_up.ts"))};
    postMessage("waits");
    postMessage(waitFor(${other.number}, ${wakeUp.number}, 60_000));`;
  const worker = new Worker(`data:text/typescript,${encodeURIComponent(program)}`, {
    type: "module",
  });
  const heard = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => data === "waits" ? wakeUp.wake() : resolve(data);
  });
  worker.terminate();
  assertEquals(heard, 1);
});

Deno.test("a WakeUp that is gone can't be used", () => {
  const gone = new WakeUp();
  const { number } = gone;
  gone[Symbol.dispose]();
  assertThrows(() => gone.wake(), Deno.errors.BadResource);
  assertThrows(() => waitFor(number, number, 0), BpfError, "EBADF");
});
