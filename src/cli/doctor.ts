/**
 * `linprov doctor`: whether this host can enforce, and what to do if not.
 *
 * @module
 */

import { probeDetectors } from "../daemon/detector_host.ts";
import { probeGuards } from "../daemon/guard_host.ts";
import { BPF_OBJECT } from "../daemon/object.ts";
import { probeDigests } from "../host/digests.ts";
import { Elf } from "../host/elf.ts";
import type { Btf } from "../host/btf.ts";
import { lackingOf, type Probed, probeHooks, probeHost, readKernelBtf } from "../host/probe.ts";
import { toJson } from "../json.ts";
import { degradedText, findDegraded } from "./degraded.ts";
import { flagOn, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { type Paint, painter } from "./paint.ts";

/**
 * Prints every probe and its fix, and what the daemon lost; exit code 4 when enforcement can't work,
 * 1 when it does but something is degraded.
 */
export const handler: Handler = async (context) => {
  const { out } = context;
  // Some megabytes to parse.
  let btf: Btf | undefined;
  const readBtf = () => btf ??= readKernelBtf();
  const answers = [
    ...probeHost(),
    { name: "hooks", ...probeHooks(hookSections(), readBtf) },
    { name: "file digests", ...probeDigests(), optional: true },
    probeGuards(readBtf),
    probeDetectors(readBtf),
  ];
  const enforceable = lackingOf(answers).length === 0;
  const degraded = await findDegraded(context.dropNetwork);
  out.print(
    flagOn(context, "json")
      ? `${toJson({ enforceable, probes: answers, degraded })}\n`
      : report(answers, painter(out)) + degradedText(degraded, painter(out)),
  );
  if (!enforceable) return ExitCode.host;
  return degraded.length > 0 ? ExitCode.no : ExitCode.ok;
};

/** The sections of the object's programs that are attached to something in the kernel. */
function hookSections(): string[] {
  return new Elf(BPF_OBJECT).sections.map(({ name }) => name)
    .filter((name) => /^(lsm|tp_btf)\//.test(name));
}

/**
 * What was found, in words.
 *
 * @param answers The probes' answers.
 * @param paint Colours.
 * @returns Lines, the last one ended.
 */
export function report(answers: readonly Probed[], paint: Paint): string {
  const width = Math.max(...answers.map(({ name }) => name.length));
  const lines = answers.flatMap((answer) => {
    const { name, detail, fix, state } = answer;
    const line = `${sign(answer, paint)}  ${name.padEnd(width)}  ${detail}`;
    if (!fix || state === "supported") return [line];
    const margin = " ".repeat(width + 6);
    return [line, ...`fix: ${fix}`.split("\n").map((each) => margin + each)];
  });
  const lacking = lackingOf(answers).map(({ name }) => name).join(", ");
  const conclusion = lacking === ""
    ? paint.good("This host can enforce.")
    : paint.bad(`This host is not protected: ${lacking}`);
  return `${lines.join("\n")}\n\n${conclusion}\n`;
}

function sign({ state, optional }: Probed, paint: Paint): string {
  if (state === "supported") return paint.good("ok");
  if (optional) return "--";
  return state === "unsupported" ? paint.bad("NO") : paint.warn("??");
}
