import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { UserError } from "../errors.ts";
import { eventLine } from "./event_line.ts";
import { Log, logger, type LogOptions } from "./log.ts";

const OPTIONS: LogOptions = { logLevel: "info", logFormat: "text", logFile: null };

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "linprov-log-" });
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is logged, line by line. */
async function logged(
  options: Partial<LogOptions>,
  say: () => void,
  journal = false,
): Promise<string[]> {
  let text = "";
  const target = {
    write: (bytes: Uint8Array) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
    close: () => {},
  };
  {
    await using _log = await Log.open({ ...OPTIONS, ...options }, { open: () => target, journal });
    say();
  }
  return text.split("\n").slice(0, -1);
}

const BLOCK = eventLine("BLOCKED-EXEC", {
  target: "/tmp/a {b}\n",
  pid: 12,
  hash: 255n,
  rule: undefined,
  origin: { creator: "/opt/x}y", comm: "curl" },
}, "[allow: 3fa29c01]");

Deno.test("Log writes TIME LEVEL CATEGORY: message", async () => {
  const lines = await logged({}, () => {
    logger("exec").warn(BLOCK.message, BLOCK.properties);
    logger("daemon").info("one\ntwo \x1b[31m {as} it is");
  });
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;
  assertMatch(lines[0]!, time);
  assertEquals(
    lines[0]!.replace(time, ""),
    'WARN linprov.exec: BLOCKED-EXEC target="/tmp/a {b}\\n" pid=12 hash=00000000000000ff ' +
      'origin={creator="/opt/x}y" comm=curl} [allow: 3fa29c01]',
  );
  assertEquals(
    lines[1]!.replace(time, ""),
    "INFO linprov.daemon: one\\ntwo \\u{1b}[31m {as} it is",
  );
});

Deno.test("Log leaves time and priority to the journal", async () => {
  const say = () => {
    logger("exec").warn("refused\n<0>nothing");
    logger("daemon").info("fine");
  };
  assertEquals(await logged({}, say, true), [
    "<4>linprov.exec: refused\\n<0>nothing",
    "<6>linprov.daemon: fine",
  ]);
  const [json] = await logged({ logFormat: "json" }, say, true);
  assertEquals(json!.slice(0, 3), "<4>");
  assertEquals(JSON.parse(json!.slice(3)).level, "warn");
});

Deno.test("Log writes one JSON object a line", async () => {
  const [line] = await logged({ logFormat: "json" }, () => {
    logger("exec").warn(BLOCK.message, { ...BLOCK.properties, time: "forged", level: "forged" });
  });
  const { time, ...rest } = JSON.parse(line!);
  assertMatch(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals(rest, {
    level: "warn",
    category: "linprov.exec",
    message: BLOCK.message,
    event: "BLOCKED-EXEC",
    target: "/tmp/a {b}\n",
    pid: 12,
    hash: "00000000000000ff",
    origin: { creator: "/opt/x}y", comm: "curl" },
  });
});

Deno.test("Log leaves out what is below the level", async () => {
  const say = () => {
    const log = logger("x");
    log.trace("trace");
    log.debug("debug");
    log.info("info");
    log.warn("warn");
    log.error("error");
  };
  const levels = ["trace", "debug", "info", "warn", "error"] as const;
  for (const [i, logLevel] of levels.entries()) {
    const lines = await logged({ logLevel }, say);
    assertEquals(lines.map((line) => line.split(": ")[1]), levels.slice(i));
  }
});

Deno.test("Log appends to its file, which only its owner can read", async () => {
  await inFolder(async (folder) => {
    const logFile = `${folder}/linprov.log`;
    for (const word of ["one", "two"]) {
      await using _log = await Log.open({ ...OPTIONS, logFile });
      logger("x").info(word);
    }
    assertEquals((await Deno.stat(logFile)).mode! & 0o777, 0o600);
    assertMatch(await Deno.readTextFile(logFile), /^.* one\n.* two\n$/);
  });
});

Deno.test("Log.reopen() follows a rotated file and changed settings", async () => {
  await inFolder(async (folder) => {
    const logFile = `${folder}/linprov.log`;
    await using log = await Log.open({ ...OPTIONS, logFile });
    logger("x").info("one");
    await log.flush(1000);
    await Deno.rename(logFile, `${logFile}.1`);
    await log.reopen({ logFile, logLevel: "debug", logFormat: "json" });
    logger("x").debug("two");
    await log.flush(1000);
    assertMatch(await Deno.readTextFile(`${logFile}.1`), / one\n$/);
    assertEquals(JSON.parse(await Deno.readTextFile(logFile)).message, "two");

    await assertRejects(() => log.reopen({ ...OPTIONS, logFile: `${folder}/no/file` }), UserError);
    logger("x").info("three");
    await log.flush(1000);
    assertStringIncludes(await Deno.readTextFile(logFile), "three");
  });
});

Deno.test("Log survives a full disk and counts what it takes", async () => {
  await using log = await Log.open({ ...OPTIONS, logFile: "/dev/full" });
  logger("x").info("one");
  await log.flush(1000);
  assertEquals(log.lost, 1);
});

Deno.test("Log.open() says why a file can't be opened", async () => {
  await inFolder(async (folder) => {
    await new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).output();
    const open = (logFile: string) => Log.open({ ...OPTIONS, logFile });
    const missing = await assertRejects(() => open(`${folder}/no/file`), UserError);
    assertEquals(
      missing.message,
      `cannot open the log file ${folder}/no/file: No such file or directory`,
    );
    assertEquals(missing.exit, 3);
    await assertRejects(() => open(`${folder}/fifo`), UserError, "it is not a regular file");
  });
});
