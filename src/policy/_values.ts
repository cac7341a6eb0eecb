/**
 * What values each kind of dimension takes.
 *
 * @module
 */

import { type ByteString, excerpt, quoteValue } from "./bytes.ts";
import type { Dim } from "./dims.ts";
import { printFolder } from "./print.ts";
import { LineError, type Scanned } from "./_scan.ts";
import type { FolderPattern } from "./rule.ts";
import { didYouMean } from "./suggest.ts";
import { isZoneName } from "./zones.ts";

/** The kernel's TASK_COMM_LEN without the final NUL. */
const COMM_MAX = 15;
/** 4294967295 is (uid_t)-1, "no user". */
const UID_MAX = 4294967294;

// An empty, "." or ".." component.
const ABNORMAL = /\/\.{0,2}(?=\/|$)/;

/** What a condition can be compared with. */
export type Value = ByteString | FolderPattern | number;

/**
 * Checks a scanned value and gives it its type.
 *
 * @param dim The dimension it is for.
 * @param scanned The value.
 * @param at Where it stands on the line, in bytes from 0.
 * @param zones The zones that exist, if that is to be checked.
 * @returns The value.
 * @throws {LineError} If the dimension takes no such value.
 */
export function readValue(
  dim: Dim,
  scanned: Scanned,
  at: number,
  zones: ReadonlySet<string> | undefined,
): Value {
  const { value } = scanned;
  if (dim.kind === "path-folder") return readFolder(dim, scanned, at);
  const star = scanned.wild?.[0];
  if (star) throw misplaced(star.at, `${dim.name} takes no wildcard`);
  switch (dim.kind) {
    case "path-file":
      return readFile(dim, value, at);
    case "basename":
      return readBaseName(dim, value, at);
    case "comm":
      return readComm(dim, value, at);
    case "uid":
      return readUid(dim, value, at);
    case "zone":
      return readZone(value, at, zones);
    case "digest":
      return readDigest(dim, value, at);
  }
}

function readFile(dim: Dim, path: ByteString, at: number): ByteString {
  checkBytes(dim, path, at);
  if (path.endsWith("/")) {
    throw new LineError(
      at,
      `${dim.name} needs a file, not the folder ${excerpt(path)}`,
      dim.name === "target_filename" ? `write target_folder=${quoteValue(path)}` : undefined,
    );
  }
  return checkPath(dim, path, at);
}

function readFolder(dim: Dim, scanned: Scanned, at: number): FolderPattern {
  const { value, wild } = scanned;
  checkBytes(dim, value, at);
  const recursive = value.endsWith("/*") && wild?.at(-1)?.index === value.length - 1;
  const stray = recursive && wild!.length === 1 ? undefined : wild?.[0];
  if (stray) throw misplaced(stray.at, "only a final /* is a wildcard");
  const path = recursive ? value.slice(0, -1) : value;
  if (!path.endsWith("/")) {
    // No folder ends in "/." and the like, so the path is looked at first.
    checkPath(dim, path, at);
    throw new LineError(
      at,
      `${dim.name} needs a folder, and ${excerpt(value)} has no slash at its end`,
      `write ${
        printFolder({ path: path + "/", recursive: false })
      } for what lies directly in it, ` +
        `${printFolder({ path: path + "/", recursive: true })} for any depth`,
    );
  }
  checkPath(dim, path.slice(0, -1), at, path);
  return { path, recursive };
}

function readBaseName(dim: Dim, name: ByteString, at: number): ByteString {
  checkBytes(dim, name, at);
  if (name.includes("/") || name === "." || name === "..") {
    throw new LineError(
      at,
      `${dim.name} needs a name without folders, not ${excerpt(name)}`,
      name.startsWith("/") ? "the folder goes into landing_folder=" : undefined,
    );
  }
  return name;
}

function readComm(dim: Dim, comm: ByteString, at: number): ByteString {
  // Not checkBytes: a process may well have an empty name.
  if (comm.includes("\0")) throw new LineError(at, `${dim.name} can't hold a NUL byte`);
  if (comm.length > COMM_MAX) {
    throw new LineError(
      at,
      `${excerpt(comm)} has ${comm.length} bytes, and the kernel cuts comm to ${COMM_MAX}`,
      `write ${dim.name}=${quoteValue(comm.slice(0, COMM_MAX))}`,
    );
  }
  return comm;
}

function readUid(dim: Dim, value: ByteString, at: number): number {
  const uid = /^(?:0|[1-9]\d{0,9})$/.test(value) ? Number(value) : NaN;
  if (!(uid <= UID_MAX)) {
    throw new LineError(
      at,
      `${dim.name} needs a user number from 0 to ${UID_MAX}, not ${excerpt(value)}`,
      /^[a-z_]/i.test(value) ? "id -u NAME prints the number of a user" : undefined,
    );
  }
  return uid;
}

function readZone(value: ByteString, at: number, zones: ReadonlySet<string> | undefined): string {
  if (!isZoneName(value)) {
    throw new LineError(
      at,
      `${excerpt(value)} can't be the name of a zone`,
      'a name is a lower-case letter, then lower-case letters, digits, "_" and "-"',
    );
  }
  if (zones && !zones.has(value)) {
    throw new LineError(
      at,
      `unknown zone ${excerpt(value)}`,
      didYouMean(value, zones) ?? `known are ${[...zones].join(", ")}`,
    );
  }
  return value;
}

function readDigest(dim: Dim, value: ByteString, at: number): string {
  if (!/^[0-9a-f]{64}$/i.test(value)) {
    throw new LineError(
      at,
      `${dim.name} needs 64 hex digits, not ${excerpt(value)}`,
      "sha256sum FILE prints them",
    );
  }
  return value.toLowerCase();
}

function checkBytes(dim: Dim, value: ByteString, at: number): void {
  if (value === "") throw new LineError(at, `${dim.name} can't be empty`);
  if (value.includes("\0")) throw new LineError(at, `${dim.name} can't hold a NUL byte`);
}

function checkPath(dim: Dim, path: ByteString, at: number, shown = path): ByteString {
  if (!shown.startsWith("/")) {
    throw new LineError(at, `${dim.name} needs an absolute path, not ${excerpt(shown)}`);
  }
  if (ABNORMAL.test(path)) {
    throw new LineError(
      at,
      `${excerpt(shown)} has an empty, "." or ".." component`,
      "write the path as the kernel knows it: realpath FILE prints it",
    );
  }
  return path;
}

function misplaced(at: number, message: string): LineError {
  return new LineError(
    at,
    message,
    'for a name that has an asterisk write "\\x2a" in double quotes',
  );
}
