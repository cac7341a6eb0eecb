import { assertEquals, assertRejects } from "@std/assert";
import { currentWorkerName, runWorker } from "./self_worker.ts";

Deno.test("currentWorkerName() is null on the main thread", () => {
  assertEquals(currentWorkerName(), null);
});

Deno.test("runWorker() starts the worker of that name", async () => {
  const started: string[] = [];
  const workers = {
    one: () => Promise.resolve({ start: () => void started.push("one") }),
    two: () => Promise.resolve({ start: () => void started.push("two") }),
  };
  await runWorker("two", workers);
  assertEquals(started, ["two"]);
  await assertRejects(() => runWorker("three", workers), RangeError, '"three"');
  await assertRejects(() => runWorker("constructor", workers), RangeError);
});

Deno.test("a worker of the program's file gets what is posted before it has started", async () => {
  const here = new URL(".", import.meta.url);
  const program = `
    import { currentWorkerName, runWorker, spawnSelfWorker } from "${here}self_worker.ts";
    const name = currentWorkerName();
    if (name === null) {
      const worker = spawnSelfWorker("echo");
      worker.postMessage("early");
      worker.postMessage("too");
      worker.onmessage = ({ data }) => {
        console.log(data);
        if (data.endsWith("too")) worker.terminate();
      };
    } else {
      const start = () => {
        self.onmessage = ({ data }) => self.postMessage(name + " got " + data);
      };
      const load = () => new Promise((resolve) => setTimeout(() => resolve({ start }), 50));
      await runWorker(name, { echo: load });
    }
  `;
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, program);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", "--quiet", file],
      signal: AbortSignal.timeout(20_000),
    }).output();
    const decoder = new TextDecoder();
    assertEquals(decoder.decode(stdout) + decoder.decode(stderr), "echo got early\necho got too\n");
  } finally {
    await Deno.remove(file);
  }
});
