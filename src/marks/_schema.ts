/**
 * How the store's file is made, recognized and checked.
 *
 * @module
 */

import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { guard, StoreCorrupt, StoreError } from "./store_error.ts";

/** "lpro": tells our files from other programs' SQLite files. */
const APPLICATION_ID = 0x6c70726f;
const SCHEMA_VERSION = 2;
/** Milliseconds to wait for another process's transaction. */
const BUSY_TIMEOUT = 5000;

// Hashes and inode numbers are u64; SQLite's integers are signed, so they are
// stored with the same bits.
/** What came with later versions: what came out of a file, and filesystems that end with a boot. */
const ADDITIONS = `
  CREATE INDEX IF NOT EXISTS marks_from ON marks (from_ino, from_gen) WHERE from_ino IS NOT NULL;
  CREATE TABLE IF NOT EXISTS volatile (
    fs BLOB PRIMARY KEY,
    boot TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const SCHEMA = `
  CREATE TABLE texts (
    hash INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE origins (
    number INTEGER PRIMARY KEY,
    creator_exe INTEGER NOT NULL,
    creator_comm INTEGER NOT NULL,
    remote INTEGER NOT NULL,
    comm BLOB NOT NULL,
    addr BLOB NOT NULL,
    uid INTEGER NOT NULL,
    port INTEGER NOT NULL,
    family INTEGER NOT NULL,
    zone INTEGER NOT NULL,
    time INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    creator_path BLOB
  ) STRICT;
  CREATE TABLE marks (
    fs BLOB NOT NULL,
    ino INTEGER NOT NULL,
    gen INTEGER NOT NULL,
    dev INTEGER NOT NULL,
    landing_folder INTEGER NOT NULL,
    landing_name INTEGER NOT NULL,
    writer_exe INTEGER NOT NULL,
    writer_uid INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    time INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    from_fs BLOB,
    from_ino INTEGER,
    from_gen INTEGER,
    from_dev INTEGER,
    path BLOB,
    url TEXT,
    PRIMARY KEY (fs, ino, gen, dev)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE zones (
    name TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE
  ) STRICT, WITHOUT ROWID;
  ${ADDITIONS}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Opens the file for reading and writing; makes it if there is none. */
export function openForWriting(path: string): DatabaseSync {
  if (!existsSync(path)) create(path);
  return openChecked(path, { readOnly: false });
}

/** Opens the file for reading; it must exist. */
export function openForReading(path: string): DatabaseSync {
  return openChecked(path, { readOnly: true });
}

function openChecked(path: string, { readOnly }: { readOnly: boolean }): DatabaseSync {
  checkFile(path);
  return guard(path, "open", () => {
    const db = new DatabaseSync(path, { readOnly });
    try {
      db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
      checkIdentity(db, path);
      if (readOnly) return db;
      checkContent(db, path);
      // FULL syncs at every commit, so that what was said to be persisted
      // survives a power cut. Marks come in batches, which makes it cheap.
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      addAdditions(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Makes an empty store. It appears under its name only when it is complete,
 * so an empty or unfinished file of that name is always a damaged one.
 */
function create(path: string): void {
  if (existsSync(path + "-wal")) {
    throw new StoreCorrupt(path, "the file is gone, but the log of its last changes is there");
  }
  const unfinished = path + ".new";
  guard(path, "create", () => {
    rmSync(unfinished, { force: true });
    // SQLite gives the files beside it the same mode.
    closeSync(openSync(unfinished, "wx", 0o600));
    const db = new DatabaseSync(unfinished);
    try {
      db.exec(`BEGIN; ${SCHEMA} COMMIT`);
    } finally {
      db.close();
    }
    renameSync(unfinished, path);
  });
}

/** Stores of before have none; nothing that they are for has to be. */
function addAdditions(db: DatabaseSync): void {
  try {
    db.exec(ADDITIONS);
  } catch {
    // The disk may be full: the next start tries it again.
  }
}

function checkFile(path: string): void {
  const size = guard(path, "open", () => statSync(path).size);
  // SQLite would take an empty file for a new one.
  if (size === 0) throw new StoreCorrupt(path, "the file is empty");
}

function checkIdentity(db: DatabaseSync, path: string): void {
  const id = pragma(db, "application_id");
  if (id !== APPLICATION_ID) {
    throw new StoreError(path, "open", `it is another program's database (${id})`, {
      hint: "choose another file",
    });
  }
  const version = pragma(db, "user_version");
  if (version !== SCHEMA_VERSION) {
    throw new StoreError(path, "open", `it has format ${version}, not ${SCHEMA_VERSION}`, {
      hint: "it was written by another version of linprov: use that one",
    });
  }
}

function checkContent(db: DatabaseSync, path: string): void {
  const found = pragma(db, "quick_check");
  if (found !== "ok") throw new StoreCorrupt(path, String(found).replaceAll("\n", " "));
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
