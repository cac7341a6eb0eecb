import { assertEquals, assertRejects } from "@std/assert";
import { resolveSettings } from "../config/resolve.ts";
import type { Settings } from "../config/settings.ts";
import { UserError } from "../errors.ts";
import { AllowlistFile } from "./allowlist_file.ts";
import { AllowlistRefused } from "./engine_client.ts";
import type { LiveSettings, PolicyText, Reloaded } from "./protocol.ts";
import { RulesInForce } from "./rules_in_force.ts";

const SETTINGS = resolveSettings({
  text: 'mode = "enforce"',
  file: "",
  env: () => undefined,
  flags: new Map(),
});

/** What the engine was told, in order, each answered a turn later; `refuses` some texts. */
function recorder(refuses: (text: string) => boolean = () => false) {
  const told: string[] = [];
  return {
    told,
    async reload({ mode }: LiveSettings, parts: PolicyText): Promise<Reloaded> {
      await new Promise((resolve) => setTimeout(resolve, 0));
      const text = parts.map(({ text }) => new TextDecoder().decode(text)).join("|");
      if (refuses(text)) throw new AllowlistRefused([]);
      told.push(`${mode}: ${text.trim().replaceAll("\n", " ")}`);
      return {} as Reloaded;
    },
  };
}

async function withRules(
  engine: ReturnType<typeof recorder>,
  test: (rules: RulesInForce, path: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/allowlist`;
    await Deno.writeTextFile(path, "creator_uid=1\n", { mode: 0o644 });
    await test(new RulesInForce(engine, new AllowlistFile(path), SETTINGS), path);
  } finally {
    await Deno.chmod(folder, 0o700);
    await Deno.remove(folder, { recursive: true });
  }
}

const inMode = (mode: Settings["mode"]) => (before: Settings) =>
  Promise.resolve({ now: { ...before, mode }, restart: [] });

Deno.test("RulesInForce: what is permitted meanwhile doesn't bring old settings back", async () => {
  const engine = recorder();
  await withRules(engine, async (rules) => {
    await Promise.all([
      rules.change(inMode("observe")),
      rules.add("creator_uid=2", { once: false }),
      rules.change(inMode("enforce")),
      rules.add("creator_uid=3", { once: true }),
      rules.reload(),
    ]);
    assertEquals(engine.told, [
      "observe: creator_uid=1",
      "observe: creator_uid=1 creator_uid=2",
      "enforce: creator_uid=1 creator_uid=2",
      "enforce: creator_uid=1 creator_uid=2 |creator_uid=3",
      "enforce: creator_uid=1 creator_uid=2 |creator_uid=3",
    ]);
  });
});

Deno.test("RulesInForce.add() leaves nothing of a rule that isn't taken", async () => {
  const engine = recorder((text) => text.includes("=2"));
  await withRules(engine, async (rules, path) => {
    for (const once of [false, true]) {
      await assertRejects(() => rules.add("creator_uid=2", { once }), AllowlistRefused);
    }
    assertEquals(await Deno.readTextFile(path), "creator_uid=1\n");
    await rules.reload();
    assertEquals(engine.told, ["enforce: creator_uid=1"]);
  });
});

Deno.test("RulesInForce.add() takes back what can't be written", async () => {
  const engine = recorder();
  await withRules(engine, async (rules, path) => {
    // A folder where the new file would be written first.
    await Deno.mkdir(`${path}.linprov-new/x`, { recursive: true });
    await assertRejects(() => rules.add("creator_uid=2", { once: false }), UserError, "exists");
    assertEquals(engine.told.at(-1), "enforce: creator_uid=1");
    assertEquals(engine.told.length, 2);
  });
});

Deno.test("RulesInForce.observe() holds also when the rules can't be read", async () => {
  const engine = recorder();
  await withRules(engine, async (rules, path) => {
    await Deno.remove(path);
    await assertRejects(() => rules.observe(), UserError);
    assertEquals(rules.settings.mode, "observe");
    await Deno.writeTextFile(path, "", { mode: 0o644 });
    await assertRejects(() => rules.change(() => Promise.reject(new Error("no"))));
    await rules.reload();
    assertEquals(engine.told, ["observe: "]);
  });
});
