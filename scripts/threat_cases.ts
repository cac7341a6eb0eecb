/**
 * The cases of docs/threats.toml, joined with the scenarios that show them, as tables for people.
 *
 * @module
 */

import { parse } from "@std/toml";

/** What linprov makes of a case, and how the tables call it. */
const VERDICTS = {
  /** It is handled, and a scenario shows it. */
  covered: "covered",
  /** The usual form is handled, and the rest is named. */
  partly: "partly",
  /** Nothing that the kernel sees tells it apart. */
  undecidable: "can't be decided",
  /** The code handles it; nothing shows that yet. */
  unshown: "not shown yet",
  /** It isn't handled. */
  open: "not yet",
} as const;

/** One case. */
export interface ThreatCase {
  /** `section/name`, by which scenarios call it. */
  id: string;
  /** What happens, as a person would say it. */
  text: string;
  /** What linprov makes of it. */
  verdict: keyof typeof VERDICTS;
  /** By what means, or why not. */
  how: string;
  /** What helps where it isn't covered. */
  instead?: string;
  /** A unit test that shows it, where no kernel is needed for that. */
  unit?: string;
}

/** What the tables need to know of a scenario. */
export interface Proof {
  /** Its name. */
  name: string;
  /** The cases it names. */
  cases: readonly string[];
  /** The kernels it runs on. */
  kernels: readonly string[];
}

/** What the tables are made of. */
export interface ThreatTables {
  /** All cases, in their order. */
  cases: readonly ThreatCase[];
  /** All scenarios. */
  scenarios: readonly Proof[];
  /** All kernels that there are. */
  kernels: readonly string[];
}

/**
 * Reads the cases.
 *
 * @param text docs/threats.toml
 * @returns the cases in the order of the file
 * @throws {SyntaxError} if a case has keys or values that mean nothing, or lacks some
 */
export function parseCases(text: string): ThreatCase[] {
  return Object.entries(parse(text)).map(([id, value]) => {
    const bad = (what: string) => new SyntaxError(`Cannot use case ${id}: ${what}`);
    const fields = value as Record<string, unknown>;
    for (const [key, field] of Object.entries(fields)) {
      if (!["case", "verdict", "how", "instead", "unit"].includes(key)) throw bad(`key ${key}`);
      if (typeof field !== "string" || field.trim() !== field || field === "") {
        throw bad(`${key} = ${JSON.stringify(field)}`);
      }
    }
    const { case: said, verdict, how, ...rest } = fields as Record<string, string>;
    if (!/^[a-z]+\/[a-z0-9_]+$/.test(id)) throw bad("its name isn't section/name");
    if (!said || !how) throw bad("it needs `case` and `how`");
    if (!verdict || !Object.hasOwn(VERDICTS, verdict)) throw bad(`verdict ${verdict}`);
    const certain = verdict === "covered" || verdict === "unshown";
    if (!certain && !rest.instead) throw bad(`'${verdict}' needs \`instead\``);
    return { id, text: said, verdict: verdict as ThreatCase["verdict"], how, ...rest };
  });
}

/**
 * Finds what doesn't fit together.
 *
 * @param tables cases, scenarios and kernels
 * @returns a line for each mistake; none if all is well
 */
export function contradictions(tables: ThreatTables): string[] {
  const { cases, scenarios } = tables;
  const known = new Set(cases.map(({ id }) => id));
  const unknown = scenarios.flatMap(({ name, cases }) =>
    cases.filter((id) => !known.has(id)).map((id) => `${name} names ${id}, which is no case`)
  );
  const wrong = cases.flatMap(({ id, verdict, unit }) => {
    const proven = unit !== undefined || proofs(tables, id).length > 0;
    if (verdict === "covered" && !proven) return [`${id} is covered, but no scenario names it`];
    if (verdict === "unshown" && proven) return [`${id} is shown, and says that it isn't`];
    return [];
  });
  return [...unknown, ...wrong];
}

/**
 * Writes the tables into a page, each between `<!-- cases: SECTION -->` and `<!-- /cases -->`.
 *
 * @param page the page, with whatever stands between the markers now
 * @param tables cases, scenarios and kernels
 * @returns the page with the tables of today
 * @throws {SyntaxError} if a section has no place in the page, or a place no section
 */
export function renderPage(page: string, tables: ThreatTables): string {
  const left = new Set(tables.cases.map(({ id }) => sectionOf(id)));
  const rendered = page.replace(
    /^<!-- cases: (\S+) -->$[^]*?^<!-- \/cases -->$/gm,
    (_, section: string) => {
      if (!left.delete(section)) throw new SyntaxError(`Cannot make a table of ${section}`);
      return `<!-- cases: ${section} -->\n\n${table(tables, section)}\n<!-- /cases -->`;
    },
  );
  if (left.size) throw new SyntaxError(`The page has no place for ${[...left].join(", ")}`);
  return rendered;
}

function table(tables: ThreatTables, section: string): string {
  const rows = tables.cases.filter(({ id }) => sectionOf(id) === section).map((item) => {
    const shown = proofs(tables, item.id);
    const scenarios = shown.map(({ name }) => `\`${name}\``);
    if (item.unit) scenarios.push(`\`${item.unit}\``);
    const how = item.instead ? `${item.how}. Instead: ${item.instead}` : item.how;
    const cells = [item.text, VERDICTS[item.verdict], how, scenarios.join(", ") || "–"];
    return [...cells, kernelsOf(tables, shown, item)].map((cell) => cell.replaceAll("|", "\\|"));
  });
  const lines = [["case", "verdict", "how, or what is missing", "shown by", "kernels"]]
    .concat([Array(5).fill("---")], rows);
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** The kernels on which a case was shown. */
function kernelsOf({ kernels }: ThreatTables, shown: readonly Proof[], item: ThreatCase): string {
  const seen = kernels.filter((kernel) => shown.some((proof) => proof.kernels.includes(kernel)));
  if (seen.length === kernels.length) return "all";
  if (seen.length) return seen.join(", ");
  return item.unit ? "none needed" : "–";
}

function proofs({ scenarios }: ThreatTables, id: string): Proof[] {
  return scenarios.filter(({ cases }) => cases.includes(id));
}

function sectionOf(id: string): string {
  return id.slice(0, id.indexOf("/"));
}
