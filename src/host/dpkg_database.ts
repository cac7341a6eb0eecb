/**
 * The database of dpkg: lists of files, checksums, diversions. There is one
 * checksum for each file of a package but its configuration.
 *
 * @module
 */

import { BpfError } from "../../ffi/error.ts";
import { openFile, readFile } from "../../ffi/libc.ts";
import { readFolder, realPath } from "../../ffi/paths.ts";
import { hasRecordLock } from "../../ffi/record_locks.ts";
import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import type { Listing, PackageDatabase } from "./package_database.ts";

/** Where dpkg unpacks a file before it renames it. */
const NEW = ".dpkg-new";

/** The ending of a package's list of files. */
const LIST = ".list";

/** Lines of a list between two yields. */
const LINES = 2000;

/** A package that was left half-way; its files and its list may not fit. */
const HALF_WAY = /^Status: \S+ (reinstreq \S+|\S+ half-installed)$/m;

/**
 * Opens the database of dpkg.
 *
 * @param folder Where it is.
 * @returns Null where there is none.
 */
export function dpkgDatabase(folder: string = "/var/lib/dpkg"): PackageDatabase | null {
  if (textOf(`${folder}/status`) === null) return null;
  return {
    name: "dpkg",
    writers: ["/usr/bin/dpkg"],
    isAtRest: () => isAtRest(folder),
    places: (written) => {
      const final = written.endsWith(NEW) ? written.slice(0, -NEW.length) : written;
      const diverted = diversions(folder).filter(({ from }) => from === final);
      return [...new Set([final, ...diverted.map(({ to }) => to), written])];
    },
    owns: (path) => path.startsWith(`${folder}/`) || path.startsWith("/var/log/dpkg.log"),
    look: (paths) => look(folder, paths),
    advice: (name) => `see dpkg --verify ${name}; apt-get install --reinstall ${name} repairs it`,
  };
}

function isAtRest(folder: string): boolean {
  if (["lock", "lock-frontend"].some((name) => isLocked(`${folder}/${name}`))) return false;
  // What dpkg has done and not yet written down; a crash leaves it.
  const updates = namesIn(`${folder}/updates`);
  return !updates.some((name) => /^\d+$/.test(name)) &&
    !HALF_WAY.test(textOf(`${folder}/status`) ?? "");
}

function* look(
  folder: string,
  paths: Iterable<ByteString>,
): Generator<void, Map<ByteString, Listing[]>> {
  const found = new Map<ByteString, Map<ByteString, Listing>>();
  // By base name, which is all that is looked at for nearly all lines.
  const wanted = new Map<ByteString, ByteString[]>();
  const want = (listed: ByteString, path: ByteString) => {
    const base = baseName(listed);
    wanted.set(base, [...wanted.get(base) ?? [], path]);
  };
  for (const path of paths) {
    found.set(path, new Map());
    want(path, path);
  }
  const diverted = diversions(folder).filter(({ to }) => found.has(to));
  for (const { from, to } of diverted) want(from, to);
  const resolved = new Map<ByteString, ByteString>();
  const matching = (listed: ByteString) => {
    const candidates = wanted.get(baseName(listed));
    if (!candidates) return [];
    const real = withRealFolder(listed, resolved);
    return candidates.filter((path) =>
      real === path ||
      diverted.some(({ from, to }) => to === path && withRealFolder(from, resolved) === real)
    );
  };
  for (const name of namesIn(`${folder}/info`)) {
    // dpkg makes the list out of what it unpacks. The checksums come with the package, which may
    // name files of others there.
    if (!name.endsWith(LIST)) continue;
    const owner = name.slice(0, -LIST.length);
    let lines = 0;
    const listed = new Set<ByteString>();
    for (const line of (textOf(`${folder}/info/${name}`) ?? "").split("\n")) {
      if (++lines % LINES === 0) yield;
      for (const path of matching(line)) {
        found.get(path)!.set(owner, { package: owner, md5: null });
        listed.add(path);
      }
    }
    yield;
    if (listed.size === 0) continue;
    for (const line of (textOf(`${folder}/info/${owner}.md5sums`) ?? "").split("\n")) {
      if (++lines % LINES === 0) yield;
      for (const path of matching(`/${line.slice(34)}`)) {
        if (listed.has(path)) {
          found.get(path)!.set(owner, { package: owner, md5: line.slice(0, 32) });
        }
      }
    }
  }
  return new Map([...found].map(([path, listings]) => [path, [...listings.values()]]));
}

interface Diversion {
  from: ByteString;
  to: ByteString;
}

/** Three lines each: what is diverted, where to, and by whom. */
function diversions(folder: string): Diversion[] {
  const lines = (textOf(`${folder}/diversions`) ?? "").split("\n");
  const all: Diversion[] = [];
  for (let at = 0; at + 2 < lines.length; at += 3) {
    all.push({ from: lines[at]!, to: lines[at + 1]! });
  }
  return all;
}

/** Packages name files as they were when /bin was no link. */
function withRealFolder(
  path: ByteString,
  resolved: Map<ByteString, ByteString>,
): ByteString {
  const slash = path.lastIndexOf("/");
  const folder = path.slice(0, slash) || "/";
  let real = resolved.get(folder);
  if (real === undefined) {
    // What a package says may hold anything.
    const isPath = !folder.includes("\0");
    real = (isPath ? attempt(() => bytesToByteString(realPath(folder))) : null) ?? folder;
    resolved.set(folder, real);
  }
  return `${real === "/" ? "" : real}${path.slice(slash)}`;
}

function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf("/") + 1);
}

function textOf(path: ByteString): ByteString | null {
  return attempt(() => bytesToByteString(readFile(path)));
}

function namesIn(path: ByteString): ByteString[] {
  return attempt(() => readFolder(path).map(({ name }) => bytesToByteString(name))) ?? [];
}

function isLocked(path: string): boolean {
  return attempt(() => {
    using file = openFile(path);
    return hasRecordLock(file);
  }) ?? false;
}

/** What can't be read isn't there. */
function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof BpfError || error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
