/**
 * Writes the tables of docs/threat-model.md from docs/threats.toml and the `# case:` lines of the
 * scenarios. With --check nothing is written: it fails when the page isn't what would be written.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { KERNELS } from "../tests/lab/kernels.ts";
import { allScenarios } from "../tests/lab/scenario.ts";
import { contradictions, parseCases, renderPage } from "./threat_cases.ts";

const ROOT = new URL("../", import.meta.url);
const CASES = new URL("docs/threats.toml", ROOT);
const PAGE = new URL("docs/threat-model.md", ROOT);

/** Says what is wrong, one line each, and whether that was nothing. */
function report(mistakes: readonly string[]): boolean {
  for (const mistake of mistakes) console.error(`threat model: ${mistake}`);
  return mistakes.length === 0;
}

/** Unit tests that a case names, and that don't exist. */
async function missingTests(paths: readonly string[]): Promise<string[]> {
  const missing = [];
  for (const path of paths) {
    const there = await Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
    if (!there) missing.push(`there is no ${path}`);
  }
  return missing;
}

async function main(check: boolean): Promise<boolean> {
  const cases = parseCases(await Deno.readTextFile(CASES));
  const tables = { cases, scenarios: await allScenarios(), kernels: KERNELS };
  const units = cases.flatMap(({ unit }) => unit ?? []);
  if (!report([...contradictions(tables), ...await missingTests(units)])) return false;
  const page = await Deno.readTextFile(PAGE);
  const wanted = renderPage(page, tables);
  if (page === wanted) return true;
  if (check) return report(["docs/threat-model.md is out of date: deno task threats"]);
  await Deno.writeTextFile(PAGE, wanted);
  return true;
}

if (import.meta.main) {
  const { check } = parseArgs(Deno.args, { boolean: ["check"] });
  Deno.exit(await main(check === true) ? 0 : 1);
}
