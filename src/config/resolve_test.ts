import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UserError } from "../errors.ts";
import { readDetector } from "../policy/detectors.ts";
import { KEYS } from "./keys.ts";
import { changedKeys, resolveSettings } from "./resolve.ts";
import { DEFAULTS, type Settings } from "./settings.ts";

interface Given {
  text?: string;
  env?: Record<string, string>;
  flags?: Record<string, string>;
  guards?: string[];
  detectors?: string[];
}

function resolve({ text, env = {}, flags = {}, guards = [], detectors = [] }: Given): Settings {
  return resolveSettings({
    text: text ?? null,
    file: "/etc/linprov/config.toml",
    env: (name) => env[name],
    flags: new Map(Object.entries(flags)),
    guards,
    detectors,
  });
}

/** What is wrong, as the person reads it. */
function complaint(given: Given): { exit: number; text: string; hint?: string } {
  const error = assertThrows(() => resolve(given), UserError);
  return { exit: error.exit, text: error.message, hint: error.hint };
}

const inFile = (why: string) => `cannot use the configuration /etc/linprov/config.toml: ${why}`;

Deno.test("resolveSettings() gives the defaults when nothing is said", () => {
  assertEquals(resolve({}), { ...DEFAULTS });
  assertEquals(resolve({ text: "" }), { ...DEFAULTS });
});

Deno.test("resolveSettings() reads every key", () => {
  const settings = resolve({
    text: `
      mode = "enforce"
      allowlist = "/a/b"
      soak = ["comm", "landing_folder"]
      mark_localhost = true
      interpreters = ["python*", "/opt/x/run"]
      hash_db = "/var/lib/x.db"
      log_level = "warn"
      log_file = "/var/log/linprov.log"
      log_format = "json"
      notifications = "group"
      proxy_ports = [8888, 3128]
      foreign_volumes = ["fuse", "network"]
      hashes = true
      protect_self = false
      [zones]
      office = ["192.0.2.0/24", "2001:db8::/32"]
      [guard.memfd]
      permission = "restrict"
      allow = ["library"]
      programs = ["/usr/bin/runc"]
      [detect.mprotect]
      allow = ["/usr/bin/node"]
      [detect.exec]
      environment = ["LD_PRELOAD", "LD_PRELOAD"]
      arguments = false
      hash = true
    `,
  });
  const { zones, guards, detectors, ...rest } = settings;
  assertEquals(detectors, [
    { ...readDetector("exec"), environment: ["LD_PRELOAD"], arguments: false, hash: true },
    { ...readDetector("mprotect"), allow: ["/usr/bin/node"] },
  ]);
  assertEquals(guards, [{
    name: "fileless",
    permission: "restrict",
    operations: ["memfd", "unlinked"],
    programs: ["/usr/bin/runc"],
    paths: [],
    mounts: [],
  }]);
  assertEquals(rest, {
    mode: "enforce",
    allowlist: "/a/b",
    soak: ["landing_folder", "creator_comm"],
    markLocalhost: true,
    interpreters: ["python*", "/opt/x/run"],
    hashDb: "/var/lib/x.db",
    logLevel: "warn",
    logFile: "/var/log/linprov.log",
    logFormat: "json",
    notifications: "group",
    proxyPorts: [8888, 3128],
    foreignVolumes: ["fuse", "network"],
    hashes: true,
    protectSelf: false,
  });
  assertEquals(zones.map(({ name }) => name), ["office"]);
  assertEquals(zones[0]!.networks.map(({ prefix }) => prefix), [120, 32]);
  assertEquals(KEYS.map(({ setting }) => setting).sort(), Object.keys(DEFAULTS).sort());
});

Deno.test("resolveSettings() prefers flag over environment over file over default", () => {
  const text = "mark_localhost = false";
  const env = { LINPROV_MARK_LOCALHOST: "true" };
  assertEquals(resolve({ text }).markLocalhost, false);
  assertEquals(resolve({ text, env }).markLocalhost, true);
  assertEquals(resolve({ text, env, flags: { "mark-localhost": "no" } }).markLocalhost, false);
  assertEquals(resolve({ env: { LINPROV_MARK_LOCALHOST: "" } }).markLocalhost, false);
});

Deno.test("resolveSettings() takes lists with commas, and '' for none", () => {
  assertEquals(resolve({ flags: { soak: "uid, target_filename" } }).soak, [
    "target_filename",
    "creator_uid",
  ]);
  assertEquals(resolve({ text: 'interpreters = "sh,python*"' }).interpreters, ["sh", "python*"]);
  assertEquals(resolve({ flags: { interpreters: "" } }).interpreters, []);
  assertEquals(resolve({ text: "interpreters = []" }).interpreters, []);
});

Deno.test("resolveSettings() names the mistake in the file", () => {
  const cases: [text: string, why: string, hint?: string][] = [
    ["mode = \n", "line 1, column 8: Cannot parse value on line 'mode = '"],
    ['\nmode = "enforse"', 'line 2: mode: "enforse" is not observe, soak or enforce'],
    ['# x\nlog_levl = "info"', 'line 2: unknown key "log_levl"', 'did you mean "log_level"?'],
    ['log-level = "info"', 'line 1: unknown key "log-level"', 'did you mean "log_level"?'],
    ["__proto__ = 1", 'line 1: unknown key "__proto__"'],
    ['mode = "soak"\nmode = "enforce"', 'line 2: "mode" was already set in line 1'],
    ["guard = 1", "line 1: guard: 1 is not a table; guards are written [guard.NAME]"],
    [
      "[guard.usb]\nx = 1",
      'line 1: guard.usb: "usb" is no guard: there are ',
    ],
    ["[guard.filless]\nx = 1", 'guard.filless: "filless" is no guard: did you mean "fileless"?'],
    ["[guard]\nmemfd = 1", "line 2: guard.memfd: 1 is not a table"],
    ["[guard.memfd]\nblock = []", "line 1: guard.memfd: permission is missing"],
    [
      '[guard.memfd]\npermission = "denny"',
      'line 2: guard.memfd.permission: "denny" is no permission: did you mean "deny"? there are',
    ],
    [
      "[guard.memfd]\npermission = true",
      "line 2: guard.memfd.permission: true is not a permission",
    ],
    [
      '[guard.memfd]\npermission = "deny"\n\nallow = ["memfb"]',
      'line 4: guard.memfd.allow: "memfb" is no operation of fileless: did you mean "memfd"?',
    ],
    [
      '[guard.memfd]\npermission = "deny"\nblock = "memfd"',
      'line 3: guard.memfd.block: "memfd" is not a list of texts',
    ],
    [
      '[guard.memfd]\npermission = "deny"\nblock = []',
      "line 3: guard.memfd.block: it guards nothing",
    ],
    [
      '[guard.memfd]\npermission = "deny"\nblock = ["memfd"]\nallow = ["memfd"]',
      "line 1: guard.memfd: it guards nothing: what block names, allow permits",
    ],
    [
      '[guard.memfd]\npermission = "deny"\nprograms = ["runc"]',
      'line 3: guard.memfd.programs: "runc" is no full path',
    ],
    [
      '[guard.memfd]\npermission = "deny"\npaths = ["/var/"]',
      "line 3: guard.memfd.paths: only the guard filesystem has paths",
    ],
    [
      '[guard.filesystem]\npermission = "deny"\npaths = ["/var/../etc/"]',
      'line 3: guard.filesystem.paths: "/var/../etc/" is no full path',
    ],
    [
      '[guard.filesystem]\npermission = "deny"\nmounts = [""]',
      'line 3: guard.filesystem.mounts: "" is no kind of filesystem',
    ],
    [
      '[guard.memfd]\npermission = "deny"\nexcept = []',
      'line 3: guard.memfd.except: unknown key "except"; there are permission, allow, block',
    ],
    [
      '[guard.memfd]\npermission = "deny"\n[guard.fileless]\npermission = "deny"',
      "line 3: guard.fileless: fileless is set twice",
    ],
    [
      '[guard.memfd]\npermission = "deny"\nmode = "enforce"',
      'line 3: guard.memfd.mode: unknown key "mode"',
      "mode is a key of its own: write it above [guard.memfd]",
    ],
    ["detect = 1", "line 1: detect: 1 is not a table; detectors are written [detect.NAME]"],
    ["[detect]\nexec = true", "line 2: detect.exec: true is not a table"],
    [
      "[detect.mprotct]",
      'line 1: detect.mprotct: "mprotct" is no detector: did you mean "mprotect"? there are exec,',
    ],
    ["[detect.exec]\n\nargments = true", 'line 3: detect.exec.argments: unknown key "argments"'],
    ["[detect.replaced]\nmmap = true", 'line 2: detect.replaced.mmap: unknown key "mmap"'],
    ["[detect.exec]\nhash = 1", "line 2: detect.exec.hash: 1 is not true or false"],
    ['[detect.exec]\nenvironment = "A"', 'line 2: detect.exec.environment: "A" is not a list'],
    [
      '[detect.exec]\nenvironment = ["A=B"]',
      'line 2: detect.exec.environment: "A=B" is no name of a variable',
    ],
    [
      '[detect.proc-mem]\nallow = ["gdb"]',
      'line 2: detect.proc-mem.allow: "gdb" is no full path of an executable',
    ],
    ["mode.x = 1", "line 1: mode: {"],
    ["[mode]", "line 1: mode: {} is not observe, soak or enforce"],
    ['log_file = """\nx = 1\n"""\nmod = 1', 'line 4: unknown key "mod"'],
    ["mark_localhost = 1", "line 1: mark_localhost: 1 is not true or false"],
    ['allowlist = ""', 'line 1: allowlist: "" is not a file name'],
    ["proxy_ports = [0]", "line 1: proxy_ports: 0 is not a port, 1 to 65535"],
    ["proxy_ports = 8888", "line 1: proxy_ports: 8888 is not a list of ports"],
    [
      'foreign_volumes = ["fused"]',
      'line 1: foreign_volumes: "fused" is no kind of volume; did you mean "fuse"?',
    ],
    [
      "foreign_volumes = [7]",
      "line 1: foreign_volumes: 7 is no kind of volume: there are network, fuse, removable, userns",
    ],
    ['interpreters = ["py*n"]', 'line 1: interpreters: "py*n" is neither the name nor'],
    ["interpreters = 1", "line 1: interpreters: 1 is neither a list of texts nor a text"],
    ['soak = "com"', '"com" is unknown'],
    ["zones = 1", "line 1: zones: 1 is not a table"],
    ["guard = [1]", "line 1: guard: [1] is not a table"],
    ["detect = 2026-01-01", 'line 1: detect: "2026-01-01T00:00:00.000Z" is not a table'],
    ["[zones]\na = [1]", "line 2: zones.a: 1 is not a network"],
    ["zones.__proto__ = []", 'zones.__proto__: Cannot name a zone "__proto__"'],
    ['[guard.__proto__]\npermission="deny"', 'guard.__proto__: "__proto__" is no guard'],
    ["[detect.__proto__]", 'detect.__proto__: "__proto__" is no detector'],
    [
      '[zones]\nlan = ["192.0.2.0/24"]',
      'line 2: zones.lan: Cannot name a zone "lan": this zone is built in',
    ],
    ['[zones]\nOffice = ["192.0.2.0/24"]', 'line 2: zones.Office: Cannot name a zone "Office"'],
    [
      '[zones]\nok = []\na = ["192.0.2.1/24"]',
      'line 3: zones.a: "192.0.2.1/24" has bits beyond its prefix',
    ],
    ['[zones]\na = [\n  "10.0.0.0/33",\n]', 'line 2: zones.a: "10.0.0.0/33" has the prefix length'],
    ['zones = { a = ["10.0.0.0"] }', 'line 1: zones.a: "10.0.0.0" has no prefix length'],
    [
      '[zones]\na = ["192.0.2.0/24"]\nb = ["192.0.2.0/24"]',
      'line 3: zones.b: "192.0.2.0/24" is in a too',
    ],
    [
      '[zones]\na = []\nmode = "enforce"',
      'line 3: zones.mode: "enforce" is not a list of networks',
      "mode is a key of its own: write it above [zones]",
    ],
  ];
  for (const [text, why, hint] of cases) {
    const said = complaint({ text });
    assertEquals(said.exit, 3, text);
    assert(said.text.startsWith(inFile("")), said.text);
    assertStringIncludes(said.text, why);
    if (hint !== undefined) assertEquals(said.hint, hint, text);
  }
});

Deno.test("resolveSettings() names the flag or the variable", () => {
  assertEquals(complaint({ flags: { mode: "x" } }), {
    exit: 2,
    text: 'cannot understand the command line: --mode: "x" is not observe, soak or enforce',
    hint: undefined,
  });
  assertEquals(complaint({ env: { LINPROV_MARK_LOCALHOST: "maybe" } }), {
    exit: 3,
    text: 'cannot use the environment: LINPROV_MARK_LOCALHOST: "maybe" is not true or false',
    hint: undefined,
  });
});

Deno.test("resolveSettings() puts guards of the command line over the file's", () => {
  const text = '[guard.fileless]\npermission = "none"\nblock = ["memfd"]';
  const [guard] = resolve({ text, guards: ["memfd=deny"] }).guards;
  assertEquals([guard?.permission, guard?.operations], ["deny", ["memfd"]]);
  assertEquals(resolve({ guards: ["fileless=allow"] }).guards[0]?.permission, "none");
  for (
    const [flags, why] of [
      [["fileless"], '"fileless" is not NAME=PERMISSION'],
      [["usb=deny"], '"usb" is no guard: there are '],
      [["fileless=dny"], '"dny" is no permission: did you mean "deny"? there are none, allow,'],
      [["fileless=deny", "memfd=none"], "fileless is given twice"],
    ] as const
  ) {
    const said = complaint({ guards: [...flags] });
    assertEquals(said.exit, 2);
    assertStringIncludes(said.text, `cannot understand the command line: --guard: ${why}`);
  }
});

Deno.test("resolveSettings() adds detectors of the command line to the file's", () => {
  const text = '[detect.mprotect]\nallow = ["/usr/bin/node"]';
  assertEquals(resolve({ text, detectors: ["mprotect", "exec", "exec"] }).detectors, [
    readDetector("exec"),
    readDetector("mprotect", { allow: ["/usr/bin/node"] }),
  ]);
  const said = complaint({ detectors: ["usb"] });
  assertEquals(said.exit, 2);
  assertStringIncludes(said.text, '--detect: "usb" is no detector: there are exec, replaced,');
});

Deno.test("resolveSettings() answers any text with settings or a UserError", () => {
  const line = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom(...KEYS.map(({ name }) => name), "x"), fc.json())
      .map(([key, value]) => `${key} = ${value}`),
    fc.constantFrom("[zones]", "[guard.x]", "[guard.bpf]", "[detect.exec]", "[[zones]]", '"""'),
  );
  fc.assert(fc.property(fc.array(line), (lines) => {
    try {
      const settings = resolve({ text: lines.join("\n") });
      assertEquals(Object.keys(settings).sort(), Object.keys(DEFAULTS).sort());
    } catch (error) {
      assert(error instanceof UserError, String(error));
      assert(!error.message.includes("\n"), error.message);
    }
  }));
});

Deno.test("changedKeys() tells what a reload can apply", () => {
  const before = resolve({});
  const after = resolve({
    text: 'mode = "soak"\nhash_db = "/x"\n[zones]\na = ["192.0.2.0/24"]',
  });
  assertEquals(changedKeys(before, after), { live: ["mode", "zones"], restart: ["hash_db"] });
  assertEquals(changedKeys(after, after), { live: [], restart: [] });
});
