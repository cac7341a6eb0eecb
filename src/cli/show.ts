/**
 * `linprov show`: the mark on a file.
 *
 * @module
 */

import { errnoText } from "../../ffi/errno.ts";
import { BpfError } from "../../ffi/error.ts";
import { realPath } from "../../ffi/paths.ts";
import { loadSettings } from "../config/load.ts";
import { originFacts } from "../events/log_lines.ts";
import { filesIn, isFolder } from "../host/files_in.ts";
import { toJson } from "../json.ts";
import { plainFacts } from "../log/event_line.ts";
import {
  bytesToByteString,
  type ByteString,
  decodeText,
  quoteValue,
  textToByteString,
} from "../policy/bytes.ts";
import { byteOperands } from "./byte_operands.ts";
import { type CommandContext, flagOn, flagValue, type Handler } from "./command.ts";
import { ExitCode } from "./exit.ts";
import { type FileMark, FileMarks } from "./file_mark.ts";

/** Prints what is known of each path, and of all that is marked in folders. */
export const handler: Handler = async (context) => {
  const { out } = context;
  using marks = new FileMarks(await storeOf(context));
  const json = flagOn(context, "json");
  let failed = false;
  const wrong = (path: ByteString, error: unknown) => {
    if (!(error instanceof BpfError)) throw error;
    failed = true;
    out.warn(`linprov: cannot show ${quoteValue(path)}: ${errnoText(error.errno)}\n`);
  };
  const look = (path: ByteString): FileMark | undefined => {
    try {
      return marks.read(path);
    } catch (error) {
      wrong(path, error);
      return undefined;
    }
  };
  const print = (path: ByteString, found: FileMark) =>
    out.print(json ? `${jsonLine(path, found)}\n` : textOf(path, found));
  for (const operand of byteOperands(context.operands)) {
    try {
      const path = bytesToByteString(realPath(operand));
      if (!isFolder(path)) {
        const found = look(path);
        if (found) print(operand, found);
        continue;
      }
      let [files, marked] = [0, 0];
      for (const file of filesIn(operand.replace(/\/+$/, ""), { wrong })) {
        const found = look(file);
        if (!found) continue;
        files++;
        if (found.mark) marked++;
        if (found.mark || json) print(file, found);
      }
      if (!json) out.print(`${quoteValue(operand)}: ${marked} of ${files} files are marked\n`);
    } catch (error) {
      wrong(operand, error);
    }
  }
  warnWithoutStore(context, marks);
  return failed ? ExitCode.no : ExitCode.ok;
};

async function storeOf(context: CommandContext): Promise<string> {
  const named = flagValue(context, "hash-db");
  const config = flagValue(context, "config");
  const flags = new Map(config === undefined ? [] : [["config", config]]);
  return named ?? (await loadSettings(flags, context.env)).settings.hashDb;
}

function warnWithoutStore(context: CommandContext, marks: FileMarks): void {
  if (marks.hasStore) return;
  context.out.warn("the store can't be read: names are shown as #HASH; as root they have names\n");
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
  return toJson({
    path: decodeText(path),
    marked: mark !== null,
    source,
    damaged: damaged ?? null,
    claimed_url: claimedUrl,
    ...(mark && {
      derived: mark.derived,
      came_out_of: chain.map((file) => file && decodeText(file)),
      landing_folder: mark.landingFolder && decodeText(mark.landingFolder),
      landing_file: mark.landingFile && decodeText(mark.landingFile),
      writer: mark.writer && decodeText(mark.writer),
      writer_uid: mark.writerUid,
      marked_at: mark.time === 0 ? null : new Date(mark.time * 1000).toISOString(),
      origin: plainFacts(originFacts(mark.origin)),
    }),
  });
}
