import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { KEYS } from "../../config/keys.ts";
import { resolveSettings } from "../../config/resolve.ts";
import { DEFAULTS } from "../../config/settings.ts";
import { textToByteString } from "../../policy/bytes.ts";
import { lintRules } from "../../policy/lint.ts";
import { parseAllowlist } from "../../policy/parse.ts";
import { allowlistTemplate, configTemplate } from "./templates.ts";

function settings(text: string) {
  return resolveSettings({ text, file: "config.toml", env: () => undefined, flags: new Map() });
}

/** The template as somebody has it who removes the # in front of every key. */
function uncommented(): string {
  return configTemplate().replaceAll(/^#(?=\S)/gm, "").replaceAll(/^# {2}/gm, "  ");
}

Deno.test("configTemplate() changes nothing", () => {
  assertEquals(settings(configTemplate()), DEFAULTS);
});

Deno.test("configTemplate() has every key with its default and what it means", () => {
  const { logFile, proxyPorts, zones, guards, detectors, ...rest } = settings(uncommented());
  const { logFile: _1, proxyPorts: _2, zones: _3, guards: _4, detectors: _5, ...defaults } =
    DEFAULTS;
  assertEquals<unknown>(rest, defaults);
  // These have no default that could be shown.
  assertEquals([logFile, proxyPorts, zones.map(({ name }) => name)], [
    "/var/log/linprov.log",
    [8888],
    ["office"],
  ]);
  assertEquals(guards.map(({ name, permission }) => [name, permission]), [
    ["fileless", "restrict"],
  ]);
  assertEquals(detectors.map(({ name, allow }) => [name, allow]), [
    ["replaced", ["/usr/bin/dpkg"]],
  ]);
  const lines = configTemplate().split("\n");
  for (const { name } of KEYS) {
    const at = lines.findIndex((line) =>
      line.startsWith(`#${name} =`) || line.startsWith(`#[${name}`)
    );
    assert(at > 0, name);
    assert(lines[at - 1]!.startsWith("# "), `${name} has no comment`);
  }
  assertEquals(lines.filter((line) => line.length > 100), []);
});

Deno.test("allowlistTemplate() permits the host's package managers, and that only", () => {
  const read = (programs: string[]) => {
    const text = allowlistTemplate((program) => programs.includes(program));
    const parsed = parseAllowlist(new TextEncoder().encode(text), { zones: ["lan"] });
    assertEquals([parsed.errors, lintRules(parsed.rules, { now: 0 })], [[], []]);
    return parsed.rules.map(({ when }) => when);
  };
  const only = (path: string) => ({ path: textToByteString(path), recursive: false });
  assertEquals(read([]), []);
  assertEquals(read(["/usr/bin/dnf5"]), [{ writer_process: "/usr/bin/dnf5", writer_uid: 0 }]);
  assertEquals(read(["/usr/bin/dpkg"]), [
    { writer_process: "/usr/bin/dpkg", writer_uid: 0 },
    { target_folder: only("/var/lib/dpkg/tmp.ci/"), writer_uid: 0 },
    { target_folder: only("/var/lib/dpkg/info/"), writer_uid: 0 },
  ]);
  const below = (path: string) => ({ path: textToByteString(path), recursive: true });
  assertEquals(read(["/usr/bin/dnf-3", "/usr/libexec/packagekitd"]), []);
  assertEquals(read(["/var/lib/flatpak", "/snap"]), [
    { landing_folder: below("/var/lib/flatpak/"), writer_uid: 0 },
    { target_folder: below("/snap/"), creator_comm: "snapd", creator_uid: 0 },
  ]);
});

Deno.test("allowlistTemplate() has no line that can't be used once its # is removed", () => {
  const all = allowlistTemplate(() => true).split("\n")
    .filter((line) => /^#?\w+=/.test(line) && line.includes("reason="));
  const text = all.map((line) => line.replace(/^#/, "")).join("\n");
  const { rules, errors } = parseAllowlist(new TextEncoder().encode(text), { zones: ["lan"] });
  assertEquals(errors, []);
  assert(rules.length >= 16, String(rules.length));
});

Deno.test("allowlistTemplate() shows rules that can be used as they stand", () => {
  const text = allowlistTemplate(() => false);
  const examples = text.split("\n").filter((line) => /^#(\w+=|deny )/.test(line));
  assertEquals(examples.length, 4);
  const rules = new TextEncoder().encode(examples.map((line) => line.slice(1)).join("\n"));
  assertEquals(parseAllowlist(rules, { zones: ["lan"] }).errors, []);
  assertStringIncludes(text, '\\n \\t \\" \\\\ \\xHH');
});
