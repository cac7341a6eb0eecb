/**
 * `linprov show`: the mark on a file.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { DEFAULTS } from "../config/settings.ts";
import { originFacts } from "../events/log_lines.ts";
import { plainFacts } from "../log/event_line.ts";
import { type ByteString, quoteValue, textToByteString } from "../policy/bytes.ts";
import { type CommandContext, flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { type FileMark, FileMarks } from "./file_mark.ts";

/** Prints what is known of each path; folders are shown with all that is in them. */
export const handler: Handler = (context) => {
  using marks = new FileMarks(flagValue(context, "hash-db") ?? DEFAULTS.hashDb);
  const json = flagOn(context, "json");
  let failed = false;
  for (const path of context.operands.flatMap((operand) => [...expand(operand)])) {
    const bytes = textToByteString(path);
    try {
      const found = marks.read(bytes);
      context.out.print(json ? `${jsonLine(bytes, found)}\n` : textOf(bytes, found));
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      failed = true;
      context.out.warn(`linprov: cannot show ${quoteValue(bytes)}: ${error.code}\n`);
    }
  }
  warnWithoutStore(context, marks);
  return failed ? ExitCode.no : ExitCode.ok;
};

function warnWithoutStore(context: CommandContext, marks: FileMarks): void {
  if (marks.hasStore) return;
  context.out.warn("the store can't be read: names are shown as #HASH; as root they have names\n");
}

function* expand(path: string): Generator<string> {
  let isFolder = false;
  try {
    isFolder = Deno.lstatSync(path).isDirectory;
  } catch {
    // The look-up below says what is wrong with it.
  }
  if (!isFolder) {
    yield path;
    return;
  }
  for (const { name } of [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    yield* expand(`${path.replace(/\/+$/, "")}/${name}`);
  }
}

function textOf(path: ByteString, { mark, damaged, claimedUrl, chain }: FileMark): string {
  if (!mark) return `${quoteValue(path)}: not marked\n`;
  const { origin } = mark;
  const facts = originFacts(origin);
  const shown = (value: ByteString | null) => value === null ? "unknown" : quoteValue(value);
  const uid = (value: number | null) => value === null ? "unknown" : String(value);
  const rows: [string, string][] = [
    ["from", `${facts.remote ?? "unknown"} (zone ${origin.zone})${when(origin.time)}`],
    ["received by", `${shown(origin.creator)} (${shown(origin.comm)}, uid ${uid(origin.uid)})`],
    ["written by", `${shown(mark.writer)} (uid ${uid(mark.writerUid)})${when(mark.time)}`],
    ["landed as", `${shown(mark.landingFolder)}${mark.landingFile ? shown(mark.landingFile) : ""}`],
  ];
  if (mark.derived) {
    const known = chain.map((file) =>
      file === null ? "a file that is forgotten" : quoteValue(file)
    );
    rows.push(["came out of", known.join(", which came out of ") || "other marked bytes"]);
  }
  if (claimedUrl) {
    rows.push(["claimed url", `${quoteValue(textToByteString(claimedUrl))} (not verified)`]);
  }
  if (damaged) rows.push(["damaged", `${damaged}: it counts as marked, of unknown origin`]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return `${quoteValue(path)}: marked\n${lines.join("\n")}\n`;
}

function when(seconds: number): string {
  return seconds === 0 ? "" : `, ${new Date(seconds * 1000).toISOString()}`;
}

function jsonLine(path: ByteString, file: FileMark): string {
  const { mark, source, damaged, claimedUrl, chain } = file;
  return JSON.stringify({
    path: quoteValue(path),
    marked: mark !== null,
    source,
    damaged: damaged ?? null,
    claimed_url: claimedUrl,
    ...(mark && {
      derived: mark.derived,
      came_out_of: chain.map((path) => path && quoteValue(path)),
      landing_folder: mark.landingFolder && quoteValue(mark.landingFolder),
      landing_file: mark.landingFile && quoteValue(mark.landingFile),
      writer: mark.writer && quoteValue(mark.writer),
      writer_uid: mark.writerUid,
      marked_at: mark.time === 0 ? null : new Date(mark.time * 1000).toISOString(),
      origin: plainFacts(originFacts(mark.origin)),
    }),
  });
}
