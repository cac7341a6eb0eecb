import { assertEquals, assertThrows } from "@std/assert";
import { connect, createServer, type Socket } from "node:net";
import { BpfError } from "./error.ts";
import {
  descriptorOf,
  effectiveUid,
  notifyServiceManager,
  peerCredentials,
  setProcessName,
} from "./process.ts";

Deno.test("effectiveUid() is ours", () => {
  assertEquals(effectiveUid(), Deno.uid());
});

Deno.test("setProcessName() names the thread it is called on", () => {
  const name = () => Deno.readTextFileSync("/proc/thread-self/comm").trim();
  const before = name();
  try {
    setProcessName("linprov-much-too-long");
    assertEquals(name(), "linprov-much-to");
  } finally {
    setProcessName(before);
  }
});

Deno.test("peerCredentials() tells who connected", async () => {
  const folder = await Deno.makeTempDir();
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer(accepted.resolve);
  await new Promise<void>((resolve) => server.listen(`${folder}/s`, resolve));
  const client = connect(`${folder}/s`);
  const socket = await accepted.promise;
  try {
    const fd = descriptorOf(socket)!;
    assertEquals(peerCredentials(fd), { pid: Deno.pid, uid: Deno.uid()!, gid: Deno.gid()! });
  } finally {
    client.destroy();
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("peerCredentials() refuses what isn't a socket", () => {
  assertEquals(assertThrows(() => peerCredentials(1_000_000), BpfError).code, "EBADF");
});

Deno.test("descriptorOf() gives up on what has none", () => {
  assertEquals(descriptorOf({}), undefined);
  assertEquals(descriptorOf({ _handle: { fd: -1 } }), undefined);
  assertEquals(descriptorOf({ _handle: null }), undefined);
});

Deno.test("notifyServiceManager() reaches a listening socket", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/notify`;
  // A process of its own, because listening on such a socket is an unstable API.
  const listener = `const socket = Deno.listenDatagram(
      { transport: "unixpacket", path: ${JSON.stringify(path)} });
    console.log("ready");
    const [message] = await socket.receive();
    console.log(new TextDecoder().decode(message));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--unstable-net", listener],
    stdout: "piped",
  }).spawn();
  try {
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reader.read()).value, "ready\n");
    assertEquals(notifyServiceManager("READY=1", path), true);
    assertEquals((await reader.read()).value, "READY=1\n");
    await reader.cancel();
  } finally {
    await child.status;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("notifyServiceManager() does nothing without a service manager", () => {
  assertEquals(notifyServiceManager("READY=1", ""), false);
});

Deno.test("notifyServiceManager() fails when nobody listens", () => {
  assertThrows(() => notifyServiceManager("READY=1", "/nowhere"), BpfError, "ENOENT");
  assertThrows(() => notifyServiceManager("READY=1", "@linprov-none"), BpfError, "ECONNREFUSED");
  assertThrows(() => notifyServiceManager("READY=1", "/" + "x".repeat(108)), RangeError);
});
