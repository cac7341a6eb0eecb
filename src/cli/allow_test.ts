import { assertEquals, assertRejects } from "@std/assert";
import { RequestError } from "../control/protocol.ts";
import { ControlServer } from "../control/server.ts";
import { UserError } from "../errors.ts";
import { handler } from "./allow.ts";
import { parseInvocation } from "./parse.ts";
import { ALLOW } from "./specs/files.ts";

/** Runs the command against a daemon that knows one token. */
async function allow(args: string[], listening = true) {
  const folder = await Deno.makeTempDir({ prefix: "linprov-allow-" });
  await Deno.chmod(folder, 0o755);
  const path = `${folder}/control.sock`;
  const answer = (verb: string) => (token: string) => {
    if (token !== "3fa29c01") throw new RequestError(`unknown token ${token}`);
    return `OK target_filename=/x # ${verb}`;
  };
  const verbs = { allow: answer("allow"), once: answer("once") };
  const server = listening
    ? await ControlServer.listen({ path, verbs, notifications: "off" })
    : undefined;
  let out = "";
  let dropped = false;
  try {
    const code = await handler({
      ...parseInvocation(["--socket", path, ...args], ALLOW),
      out: { print: (text) => out += text, warn: () => {}, columns: 80, colors: false },
      env: () => undefined,
      dropNetwork: () => dropped = true,
    });
    return { code, out, dropped };
  } finally {
    await server?.[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("allow prints the rule that permits the block", async () => {
  assertEquals(await allow(["3FA29C01"]), {
    code: 0,
    out: "permitted: target_filename=/x # allow\n",
    dropped: true,
  });
  assertEquals(
    (await allow(["--once", "3fa29c01"])).out,
    "permitted until the daemon restarts: target_filename=/x # once\n",
  );
});

Deno.test("allow says what the daemon refuses", async () => {
  const error = await assertRejects(() => allow(["00000000"]), UserError);
  assertEquals([error.message, error.exit], [
    "cannot permit 00000000: unknown token 00000000",
    1,
  ]);
});

Deno.test("allow wants a token and a daemon", async () => {
  const token = await assertRejects(() => allow(["xyz"]), UserError);
  assertEquals(token.exit, 2);
  const daemon = await assertRejects(() => allow(["3fa29c01"], false), UserError);
  assertEquals(daemon.exit, 5);
});
