/**
 * `linprov why`: would it run now, and which rule decides.
 *
 * @module
 */

import { errnoText } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { realPath } from "../../ffi/paths.ts";
import { loadSettings } from "../config/load.ts";
import { ControlClient } from "../control/client.ts";
import { readRulesFolder } from "../daemon/rules_folder.ts";
import { survivorsOnHost } from "../daemon/survivors.ts";
import { UserError } from "../errors.ts";
import { exists } from "../host/install/files.ts";
import { toJson } from "../json.ts";
import { isToken } from "../marks/token.ts";
import { bytesToByteString, type ByteString, decodeText, quoteValue } from "../policy/bytes.ts";
import { type Decision, evaluate } from "../policy/evaluate.ts";
import { type Facts, knownFacts } from "../policy/facts.ts";
import { parsePolicy } from "../policy/policy.ts";
import { printRule } from "../policy/print.ts";
import { narrowestRule } from "../policy/propose.ts";
import { placeOf, type Rule } from "../policy/rule.ts";
import { assignZones } from "../policy/zones.ts";
import { byteOperands } from "./byte_operands.ts";
import { type CommandContext, flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { digestOf, FileMarks } from "./file_mark.ts";

/** Evaluates the allowlist for a file or for what a token stands for; exit code 1 is "refused". */
export const handler: Handler = async (context) => {
  const operand = context.operands[0]!;
  const flags = new Map<string, string>();
  for (const name of ["config", "allowlist", "hash-db"]) {
    const value = flagValue(context, name);
    if (value !== undefined) flags.set(name, value);
  }
  const { settings } = await loadSettings(flags, context.env);
  const isPath = operand.includes("/") || !isToken(operand) || exists(operand);
  const [path] = byteOperands([operand]);
  const { facts, allowlist } = isPath
    ? { facts: factsOfPath(context, path!, settings.hashDb), allowlist: settings.allowlist }
    : await askDaemon(context, operand);
  if (facts === null) {
    context.dropNetwork();
    return printRuns(context, path!, "it isn't marked");
  }
  // The daemon's rules may be others than those that the configuration names.
  const named = flags.get("allowlist") ?? allowlist;
  const rules = await readRules(named, settings.zones.map(({ name }) => name));
  if (isPath && rules.some(({ when }) => when.sha256 !== undefined)) {
    facts.sha256 = digestOf(facts.target!);
  }
  const decision = evaluate(rules, facts);
  if (decision.verdict === "none" && survivorsOnHost().includes(facts.target ?? "")) {
    return printRuns(context, path!, "no rule permits it, but it is on the survival list");
  }
  print(context, path!, facts, decision, named);
  return decision.verdict === "allow" ? ExitCode.ok : ExitCode.no;
};

function factsOfPath(context: CommandContext, path: ByteString, store: string): Facts | null {
  context.dropNetwork();
  using marks = new FileMarks(store);
  try {
    const real = bytesToByteString(realPath(path));
    const { mark } = marks.read(real);
    if (!mark) return null;
    if (!marks.hasStore) {
      context.out.warn(
        "the store can't be read, so rules with names don't match: run it as root\n",
      );
    }
    const { origin } = mark;
    return {
      target: real,
      landingFolder: mark.landingFolder,
      landingName: mark.landingFile,
      creatorProcess: origin.creator,
      creatorComm: origin.comm,
      creatorUid: origin.uid,
      writerProcess: mark.writer,
      writerUid: mark.writerUid,
      zone: origin.zone,
      sha256: null,
      executionUid: Number(context.env("SUDO_UID") ?? Deno.uid() ?? 0),
      now: Math.floor(Date.now() / 1000),
    };
  } catch (error) {
    if (!(error instanceof BpfError)) throw error;
    throw new UserError(`cannot look up ${quoteValue(path)}`, errnoText(error.errno), {
      exit: ExitCode.no,
      cause: error,
    });
  }
}

async function askDaemon(
  context: CommandContext,
  token: string,
): Promise<{ facts: Facts; allowlist: string }> {
  using client = await ControlClient.connect(flagValue(context, "socket"), {
    onOpen: context.dropNetwork,
  });
  const answer = await client.request(`why ${token}`);
  if (answer.startsWith("OK ")) return JSON.parse(answer.slice("OK ".length));
  throw new UserError(`cannot explain ${token}`, answer.replace(/^ERR /, ""), {
    exit: ExitCode.no,
  });
}

async function readRules(path: string, zones: string[]): Promise<Rule[]> {
  const text = await Deno.readFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw new UserError(`cannot read the allowlist ${path}`, String(error.message), {
      exit: ExitCode.config,
      cause: error,
    });
  });
  const parts = [{ text }, ...await readRulesFolder(path)];
  const { rules, errors } = parsePolicy(parts, { zones: assignZones(zones).keys() });
  const first = errors[0];
  if (first) {
    const file = first.file ?? path;
    throw new UserError(
      `cannot use the allowlist ${file}`,
      `${first.line}:${first.column}: ${first.message}`,
      {
        exit: ExitCode.config,
        hint: `see all of it: linprov check ${file}`,
      },
    );
  }
  return rules;
}

/** For what runs whatever the rules say. */
function printRuns(context: CommandContext, operand: ByteString, why: string): number {
  context.out.print(
    flagOn(context, "json")
      ? `${toJson({ runs: true, why })}\n`
      : `${quoteValue(operand)} runs: ${why}\n`,
  );
  return ExitCode.ok;
}

function print(
  context: CommandContext,
  operand: ByteString,
  facts: Facts,
  decision: Decision,
  allowlist: string,
): void {
  const { verdict, rule, nearest } = decision;
  const narrowest = narrowestRule(facts);
  if (flagOn(context, "json")) {
    context.out.print(`${
      toJson({
        runs: verdict === "allow",
        verdict,
        facts: Object.fromEntries(
          Object.entries(knownFacts(facts)).map(([name, value]) => [
            name,
            typeof value === "string" ? decodeText(value) : value,
          ]),
        ),
        rule: rule ? standing(rule, allowlist) : null,
        nearest: nearest
          ? {
            ...standing(nearest.rule, allowlist),
            failed: nearest.failed,
            expired: nearest.expired,
          }
          : null,
        would_permit: narrowest ? printRule(narrowest) : null,
      })
    }\n`);
    return;
  }
  const shown = quoteValue(operand);
  const lines = [`${shown} ${verdict === "allow" ? "runs" : "would be refused"}`];
  if (rule) lines.push(`  ${placeOf(rule)} decides: ${printRule(rule)}`);
  else lines.push("  no rule permits it");
  for (const [name, value] of Object.entries(knownFacts(facts))) {
    lines.push(`  ${name}=${typeof value === "number" ? value : quoteValue(value)}`);
  }
  if (verdict !== "allow") {
    if (nearest) {
      const { rule, failed, expired } = nearest;
      const why = [
        ...expired ? [`it ended with ${rule.expires}`] : [],
        ...failed.length > 0 ? [`not met: ${failed.join(", ")}`] : [],
      ];
      lines.push(`  nearest: ${placeOf(rule)} (${why.join("; ")}): ${printRule(rule)}`);
    }
    if (narrowest && verdict === "none") {
      lines.push(`  this rule would permit exactly this: ${printRule(narrowest)}`);
    }
  }
  context.out.print(`${lines.join("\n")}\n`);
}

/** Where a rule stands and what it says, for JSON. */
function standing(rule: Rule, allowlist: string): { file: string; line: number; text: string } {
  return { file: rule.file ?? allowlist, line: rule.line, text: printRule(rule) };
}
