import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../errors.ts";
import { ControlClient } from "./client.ts";
import type { Block, Verbs } from "./protocol.ts";
import { ControlServer, type ServerOptions } from "./server.ts";
import { groupNumber, setAccess } from "./socket_place.ts";

const BLOCK: Block = {
  token: "3fa29c01",
  kind: "exec",
  target: "/tmp/my file",
  creator: "/usr/bin/curl",
};

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "linprov-control-" });
  await Deno.chmod(folder, 0o755);
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const VERBS: Verbs = {
  allow: (token) => `OK target_filename=/x # ${token}`,
  stuck: () => new Promise(() => {}),
};

/** Runs a server in a folder of its own. */
async function serving(
  options: Partial<ServerOptions>,
  use: (server: ControlServer, path: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const path = `${folder}/control.sock`;
    await using server = await ControlServer.listen({
      path,
      verbs: VERBS,
      notifications: "off",
      ...options,
    });
    await use(server, path);
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert(condition(), "it did not happen within 10 s");
}

Deno.test("ControlServer answers and tells subscribers of blocks", async () => {
  await serving({}, async (server, path) => {
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    using client = await ControlClient.connect(path);
    assertEquals(await client.request("allow 3fa29c01"), "OK target_filename=/x # 3fa29c01");
    assertEquals(await client.request("bogus"), "ERR unknown request bogus");
    server.publish(BLOCK);
    assertEquals(await client.request("subscribe"), "OK subscribed");
    server.publish(BLOCK);
    const { value } = await client.lines().next();
    assertEquals(value, 'BLOCK\t3fa29c01\texec\t"/tmp/my file"\t/usr/bin/curl');
    assertEquals(server.clients, 1);
  });
});

Deno.test("ControlServer removes its socket, and that of a daemon that died", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/control.sock`;
    const listen = () => ControlServer.listen({ path, verbs: VERBS, notifications: "off" });
    {
      await using _server = await listen();
    }
    await assertRejects(() => Deno.lstat(path), Deno.errors.NotFound);

    // What a killed daemon leaves behind: bound, and nobody listens.
    const program = `Deno.listen({ transport: "unix", path: "${path}" }); Deno.kill(Deno.pid, 9)`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", program] }).output();
    assert((await Deno.lstat(path)).isSocket);
    await using _server = await listen();
    using client = await ControlClient.connect(path);
    assertEquals((await client.request("allow 1")).slice(0, 2), "OK");
  });
});

Deno.test("ControlServer leaves alone what isn't a left-over", async () => {
  await serving({}, async (_server, path) => {
    const again = () => ControlServer.listen({ path, verbs: VERBS, notifications: "off" });
    const error = await assertRejects(again, UserError, "another linprov is running");
    assertEquals(error.exit, 4);
    using client = await ControlClient.connect(path);
    assertEquals((await client.request("allow 1")).slice(0, 2), "OK");
  });
  await inFolder(async (folder) => {
    const path = `${folder}/control.sock`;
    await Deno.writeTextFile(path, "");
    const listen = () => ControlServer.listen({ path, verbs: VERBS, notifications: "off" });
    await assertRejects(listen, UserError, "something else is there");
    await Deno.remove(path);
    await Deno.chmod(folder, 0o777);
    await assertRejects(listen, UserError, "can be written by others");
  });
});

Deno.test("ControlServer creates the socket's folder", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/run/linprov/control.sock`;
    const umask = Deno.umask(0o022);
    try {
      await using _server = await ControlServer.listen({
        path,
        verbs: VERBS,
        notifications: "off",
      });
      assertEquals((await Deno.stat(`${folder}/run/linprov`)).mode! & 0o777, 0o755);
    } finally {
      Deno.umask(umask);
    }
  });
});

Deno.test("ControlServer serves others while a client is stuck, silent or talks nonsense", async () => {
  await serving({}, async (_server, path) => {
    const connect = () => Deno.connect({ transport: "unix", path });
    const rude = await Promise.all(Array.from({ length: 20 }, connect));
    const encoder = new TextEncoder();
    const [stuck, half, ...noisy] = rude;
    await stuck!.write(encoder.encode("stuck\nallow 1\n"));
    await half!.write(encoder.encode("allow 12"));
    const noise = crypto.getRandomValues(new Uint8Array(3000));
    await Promise.all(noisy.map((each) => each.write(noise)));
    using client = await ControlClient.connect(path, { timeout: 2000 });
    assertEquals((await client.request("allow 1")).slice(0, 2), "OK");
    for (const each of rude) each.close();
    assertEquals((await client.request("allow 2")).slice(0, 2), "OK");
  });
});

Deno.test("ControlServer disconnects a client that asks nothing", async () => {
  await serving({ idleTimeout: 60 }, async (server, path) => {
    using silent = await Deno.connect({ transport: "unix", path });
    using drip = await Deno.connect({ transport: "unix", path });
    using listener = await ControlClient.connect(path);
    await listener.request("subscribe");
    assertEquals(server.clients, 3);
    const byte = new Uint8Array([0x61]);
    for (let i = 0; i < 10; i++) {
      await drip.write(byte).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    assertEquals(await silent.read(new Uint8Array(1)), null);
    await until(() => server.clients === 1);
    server.publish(BLOCK);
    assertStringIncludes((await listener.lines().next()).value!, "BLOCK");
  });
});

Deno.test("ControlServer drops a subscriber that doesn't read, and no other", async () => {
  await serving({ maxUnread: 64 * 1024 }, async (server, path) => {
    using slow = await ControlClient.connect(path);
    using quick = await ControlClient.connect(path);
    await slow.request("subscribe");
    await quick.request("subscribe");
    let got = 0;
    const reading = (async () => {
      for await (const _line of quick.lines()) got++;
    })();
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      server.publish(BLOCK);
      // The quick one is to be quick, however loaded this machine is.
      while (i - got > 500) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await until(() => got === count);
    assertEquals([server.clients, server.dropped], [1, 1]);
    quick[Symbol.dispose]();
    await reading;
  });
});

Deno.test("ControlServer has room for who comes to ask, and lets the most silent one go", async () => {
  let uid = 1000;
  const peerOf = () => ({ pid: 1, uid, gid: 0 });
  const limits = { peerOf, maxClients: 10, maxClientsOfUser: 3, keptForRoot: 2 };
  await serving(limits, async (server, path) => {
    const asked = async (client: ControlClient) =>
      (await client.request("allow 1").catch((error) => error.message)).slice(0, 2);
    const users: ControlClient[] = [];
    for (let i = 0; i < 3; i++) users.push(await ControlClient.connect(path));
    await until(() => server.clients === 3);
    // The first has asked something, so the second is the most silent.
    assertEquals(await asked(users[0]!), "OK");
    users.push(await ControlClient.connect(path));
    assertEquals(await asked(users[3]!), "OK");
    assertEquals(server.clients, 3);
    assertEquals(await Promise.all([0, 2, 3].map((i) => asked(users[i]!))), ["OK", "OK", "OK"]);
    assertStringIncludes(
      await users[1]!.request("allow 1").catch((error) => error.message),
      "cannot reach the daemon",
    );

    // Nobody loses a place to another user.
    uid = 1001;
    for (let i = 0; i < 9; i++) users.push(await ControlClient.connect(path));
    await until(() => server.clients === 6);
    assertEquals(await asked(users[0]!), "OK");
    uid = 0;
    using root = await ControlClient.connect(path);
    assertEquals(await asked(root), "OK");
    for (const user of users) user[Symbol.dispose]();
  });
});

Deno.test("ControlServer dismisses neither who waits for an answer nor who has subscribed", async () => {
  await serving({ maxClients: 2 }, async (_server, path) => {
    using stuck = await ControlClient.connect(path, { timeout: 500 });
    const late = stuck.request("stuck").catch((error) => error.message);
    using listener = await ControlClient.connect(path);
    await listener.request("subscribe");
    using third = await ControlClient.connect(path);
    const answer = await third.request("allow 1").catch((error) => error.message);
    assertEquals(answer, "ERR too many clients");
    assertStringIncludes(await late, "no answer within");
  });
});

Deno.test("ControlServer lets subscribers go that have ended before it refuses somebody", async () => {
  const peerOf = () => ({ pid: 1, uid: 1000, gid: 0 });
  await serving({ peerOf, maxClientsOfUser: 3 }, async (server, path) => {
    using listener = await ControlClient.connect(path);
    await listener.request("subscribe");
    // The server learns a little later that one has gone.
    const welcome = async () => {
      using next = await ControlClient.connect(path);
      return await next.request("subscribe").catch(() => "") === "OK subscribed";
    };
    let [welcomed, tries] = [0, 0];
    while (welcomed < 10 && tries++ < 10_000) if (await welcome()) welcomed++;
    assertEquals(welcomed, 10);
    server.publish(BLOCK);
    assertStringIncludes((await listener.lines().next()).value!, "BLOCK");
  });
});

Deno.test("ControlServer tells a subscriber that has ended but still reads", async () => {
  await serving({}, async (server, path) => {
    const half = await Deno.connect({ transport: "unix", path });
    await half.write(new TextEncoder().encode("subscribe\n"));
    await half.closeWrite();
    const said = half.readable.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await said.read()).value, "OK subscribed\n");
    server.publish(BLOCK);
    assertStringIncludes((await said.read()).value!, "BLOCK");
    await said.cancel();
  });
});

Deno.test("ControlServer keeps places for root", async () => {
  let uid = 1000;
  const peerOf = () => ({ pid: 1, uid, gid: 0 });
  await serving({ peerOf, maxClients: 4, keptForRoot: 2 }, async (_server, path) => {
    const subscribed = async () => {
      const client = await ControlClient.connect(path);
      return { client, answer: await client.request("subscribe").catch(() => "") };
    };
    const all = [await subscribed(), await subscribed(), await subscribed()];
    uid = 0;
    all.push(await subscribed(), await subscribed(), await subscribed());
    for (const { client } of all) client[Symbol.dispose]();
    const [yes, no] = ["OK subscribed", "ERR too many clients"];
    assertEquals(all.map(({ answer }) => answer), [yes, yes, no, yes, yes, no]);
  });
});

Deno.test("ControlServer refuses who may not ask", async () => {
  let peer: { pid: number; uid: number; gid: number } | undefined;
  const refuse = (who: typeof peer) => who?.uid === 0 ? undefined : "permission denied";
  await serving({ peerOf: () => peer, refuse }, async (_server, path) => {
    for (
      const [who, answer] of [
        [undefined, "ERR permission denied"],
        [1000, "ERR permission denied"],
        [0, "OK"],
      ] as const
    ) {
      peer = who === undefined ? undefined : { pid: 1, uid: who, gid: 0 };
      using client = await ControlClient.connect(path);
      assertEquals((await client.request("allow 1")).slice(0, answer.length), answer);
    }
  });
});

Deno.test("ControlServer serves who asks while hundreds are idle, slow or talk nonsense", async () => {
  await serving({ maxUnread: 64 * 1024 }, async (server, path) => {
    const connect = () => Deno.connect({ transport: "unix", path });
    const idle = await Promise.all(Array.from({ length: 300 }, connect));
    const slow = await Promise.all(Array.from({ length: 50 }, connect));
    const noisy = await Promise.all(Array.from({ length: 50 }, connect));
    let done = false;
    const encoder = new TextEncoder();
    // They may be disconnected at any time, which is fine.
    const dripping = slow.map(async (client) => {
      for (const byte of encoder.encode("allow 3fa29c01 and never an end")) {
        if (done) return;
        await client.write(new Uint8Array([byte])).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const making = noisy.map(async (client, i) => {
      const noise = i % 2
        ? new Uint8Array(60_000).fill(0x0a)
        : crypto.getRandomValues(new Uint8Array(60_000));
      for (let n = 0; n < 50 && !done; n++) await client.write(noise).catch(() => {});
    });
    const slowest: number[] = [];
    for (let i = 0; i < 10; i++) {
      const begun = performance.now();
      using client = await ControlClient.connect(path, { timeout: 5000 });
      assertEquals((await client.request("allow 1")).slice(0, 2), "OK");
      slowest.push(performance.now() - begun);
    }
    done = true;
    assert(Math.max(...slowest) < 2000, `answers took ${slowest.map(Math.round)} ms`);
    await until(() => server.clients <= 351);
    await Promise.all([...dripping, ...making]);
    for (const client of [...idle, ...slow, ...noisy]) client.close();
  });
});

Deno.test("ControlClient says why nobody answers", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/control.sock`;
    const error = await assertRejects(() => ControlClient.connect(path), UserError);
    assertEquals(error.message, `cannot reach the daemon at ${path}: no daemon is running there`);
    assertEquals([error.exit, error.hint], [5, "start it with: systemctl start linprov"]);
  });
  await serving({}, async (_server, path) => {
    using client = await ControlClient.connect(path, { timeout: 50 });
    const error = await assertRejects(() => client.request("stuck"), UserError);
    assertStringIncludes(error.message, "no answer within 0.05 s");
    assertEquals(error.exit, 5);
  });
});

Deno.test("setAccess() opens the socket to the group linprov only", async () => {
  await inFolder(async (folder) => {
    const [path, groups] = [`${folder}/socket`, `${folder}/group`];
    await Deno.writeTextFile(path, "");
    await Deno.writeTextFile(groups, `root:x:0:\nlinprov:x:${Deno.gid()}:user\n`);
    await setAccess(path, "group", groups);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o660);
    await setAccess(path, "off", groups);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    await Deno.writeTextFile(groups, "root:x:0:\n");
    const error = await assertRejects(() => setAccess(path, "group", groups), UserError);
    assertEquals([error.exit, error.hint], [3, "create it with: groupadd --system linprov"]);
  });
});

Deno.test("groupNumber() finds a group by its whole name", () => {
  const text = "#linprov:x:1:\nxlinprov:x:2:\nlinprov:x:77:a,b\n";
  assertEquals(groupNumber(text, "linprov"), 77);
  assertEquals(groupNumber("linprov:x::\nlinprov\n", "linprov"), undefined);
});
