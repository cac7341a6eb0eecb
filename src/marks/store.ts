/**
 * The store: which files are marked, where their bytes came from, and which
 * texts stand behind the hashes. It survives reboots; the kernel's tables are
 * filled from it.
 *
 * @module
 */

import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import {
  bytesToByteString,
  type ByteString,
  byteStringToBytes,
  decodeText,
  displayText,
} from "../policy/bytes.ts";
import {
  type FileId,
  type KernelMark,
  type Mark,
  MARK_CHECKED,
  MARK_DISTRUSTED,
  MARK_GONE,
  MARK_LASTING_FLAGS,
  MARK_UNFOUND,
  MARK_UNKNOWN_ORIGIN,
  type Origin,
} from "./records.ts";
import { openForReading, openForWriting } from "./_schema.ts";
import { guard, StoreCorrupt } from "./store_error.ts";

/** What a hash is of. */
export type TextKind = (typeof TEXT_KINDS)[number];

// The places are the numbers in the file: add at the end only.
const TEXT_KINDS = ["file", "folder", "name", "comm", "remote", "digest"] as const;

/** A hash and what it is of. */
export interface Text {
  /** The hash, a u64. */
  hash: bigint;
  /** What it is of. */
  kind: TextKind;
  /** The path, the name or the bytes. */
  bytes: ByteString;
}

const PUT_TEXT = "INSERT INTO texts VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const PUT_ORIGIN = "INSERT OR REPLACE INTO origins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// A later event needn't know the path or the URL that an earlier one knew.
const PUT_MARK = `
  INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET
    landing_folder = excluded.landing_folder, landing_name = excluded.landing_name,
    writer_exe = excluded.writer_exe, writer_uid = excluded.writer_uid,
    origin = excluded.origin, time = excluded.time, flags = excluded.flags,
    from_fs = excluded.from_fs, from_ino = excluded.from_ino, from_gen = excluded.from_gen,
    from_dev = excluded.from_dev,
    path = coalesce(excluded.path, path), url = coalesce(excluded.url, url)`;
const MARK_KEY = ["fs", "ino", "gen", "dev"];
/** What {@linkcode toKernelMark} reads, the key first. */
const KERNEL_COLUMNS = [
  ...MARK_KEY,
  ...["landing_folder", "landing_name", "writer_exe", "writer_uid", "origin", "time", "flags"],
];
/** What else came out of a file: the index `marks_from` knows. */
const CAME_OUT_OF = "from_ino = ? AND from_gen = ? AND from_fs = ? AND from_dev = ?";
const THIS_FILE = "WHERE fs = ? AND ino = ? AND gen = ? AND dev = ?";
const IS_THERE = `flags & ${MARK_GONE} = 0`;
const PUT_ZONE = "INSERT INTO zones VALUES (?, ?) ON CONFLICT DO NOTHING";

/** How many rows are read at once. */
const PAGE = 1000;

type Row = Record<string, SQLOutputValue>;

/** How pages of rows are read. */
interface Pages<R> {
  read: (sql: string, values: SQLOutputValue[]) => R[];
  /** The key of a row. */
  keyOf: (row: R) => SQLOutputValue[];
}

/**
 * The open store. Reading and writing are synchronous; writes belong into a
 * {@linkcode Store.transaction}, since each alone waits for the disk.
 */
export class Store {
  /** The file. */
  readonly path: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(path: string, db: DatabaseSync) {
    this.path = path;
    this.#db = db;
  }

  /**
   * Opens a store.
   *
   * @param path The file. If it doesn't exist it is made, with mode 0600.
   * @param options `readOnly`: only to look something up, beside a running
   * daemon; the file must exist then and isn't checked as a whole.
   * @returns The open store; close it, or declare it with `using`.
   * @throws {StoreCorrupt} If the file is damaged.
   * @throws {StoreError} If it can't be opened or made, or isn't a store of this version.
   *
   * @example
   * ```ts ignore
   * using store = Store.open("/var/lib/linprov/store.db", { readOnly: true });
   * for (const { hash, bytes } of store.grep(/curl/)) console.log(hash, displayText(bytes));
   * ```
   */
  static open(path: string, options: { readOnly?: boolean } = {}): Store {
    return new Store(path, options.readOnly ? openForReading(path) : openForWriting(path));
  }

  /** Closes the store. Closing it again does nothing. */
  close(): void {
    if (this.#db.isOpen) guard(this.path, "close", () => this.#db.close());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * Does several writes at once: all of them or, if the function throws, none.
   *
   * @param work Does the writes; it can't be asynchronous.
   * @returns What it returns.
   * @throws {StoreError} If the disk is full, or the like; and whatever `work` throws.
   */
  transaction<T>(work: () => T): T {
    this.#exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#exec("COMMIT");
      return result;
    } catch (error) {
      // Some failures end the transaction by themselves.
      if (this.#db.isTransaction) this.#exec("ROLLBACK");
      throw error;
    }
  }

  /** Records what hashes are of. Hashes that are known are left alone. */
  putTexts(texts: Iterable<Text>): void {
    for (const { hash, kind, bytes } of texts) {
      this.#run(PUT_TEXT, signed(hash), TEXT_KINDS.indexOf(kind), byteStringToBytes(bytes));
    }
  }

  /** Forgets what all hashes are of. */
  forgetTexts(): void {
    this.#run("DELETE FROM texts");
  }

  /** Records an origin, or replaces the one with its number. */
  putOrigin(origin: Origin): void {
    const { number, creatorExe, creatorComm, remote, comm, addr, uid, port, family } = origin;
    this.#run(
      PUT_ORIGIN,
      number,
      signed(creatorExe),
      signed(creatorComm),
      signed(remote),
      byteStringToBytes(comm),
      addr,
      uid,
      port,
      family,
      origin.zone,
      origin.time,
      origin.flags,
      blob(origin.creatorPath),
    );
  }

  /**
   * Records the mark of a file, or replaces it; a path or URL that isn't known
   * this time is kept. Flags that mean something only in memory are left out.
   */
  putMark(mark: Mark): void {
    this.#run(
      PUT_MARK,
      ...keyOf(mark.file),
      signed(mark.landingFolder),
      signed(mark.landingName),
      signed(mark.writerExe),
      mark.writerUid,
      mark.origin,
      mark.time,
      mark.flags & (MARK_LASTING_FLAGS | MARK_GONE),
      ...(mark.from ? keyOf(mark.from) : [null, null, null, null]),
      blob(mark.path),
      mark.url,
    );
  }

  /**
   * Ends the mark of a file, if it has one: it became local, or is gone. What other files came out of
   * stays known as such, as long as one of those is marked.
   */
  endMark(file: FileId): void {
    for (let ending: FileId | null = file; ending;) {
      const mark = this.mark(ending);
      if (!mark) return;
      if (this.#isSource(ending)) {
        this.#run(`UPDATE marks SET flags = flags | ${MARK_GONE} ${THIS_FILE}`, ...keyOf(ending));
        return;
      }
      this.#run(`DELETE FROM marks ${THIS_FILE}`, ...keyOf(ending));
      const { from } = mark;
      ending = from && ((this.mark(from)?.flags ?? 0) & MARK_GONE) !== 0 ? from : null;
    }
  }

  /** Forgets what has ended and nothing marked has come out of any more. */
  prune(): void {
    const unneeded = `flags & ${MARK_GONE} AND NOT EXISTS (SELECT 1 FROM marks AS other
      WHERE other.from_ino = marks.ino AND other.from_gen = marks.gen
        AND other.from_fs = marks.fs AND other.from_dev = marks.dev)`;
    // Each may have been the last that came out of another.
    while (this.#run(`DELETE FROM marks WHERE ${unneeded}`) > 0);
  }

  /** Notes that a filesystem, by its UUID, ends with a boot. */
  putVolatile(fs: Uint8Array, boot: string): void {
    this.#run("INSERT OR REPLACE INTO volatile VALUES (?, ?)", fs, boot);
  }

  /** Ends the marks of filesystems that ended with another boot; {@linkcode prune} forgets them. */
  endVolatile(boot: string): void {
    this.transaction(() => {
      const ended = "SELECT fs FROM volatile WHERE boot != ?";
      this.#run(`UPDATE marks SET flags = flags | ${MARK_GONE} WHERE fs IN (${ended})`, boot);
      this.#run("DELETE FROM volatile WHERE boot != ?", boot);
    });
  }

  /**
   * Forgets the origins that no mark has. A mark whose origin was lost is of unknown origin from then
   * on, since its number is given to another one. Only while no kernel has these numbers.
   *
   * @param most Above this number all are given anew, from 1.
   */
  pruneOrigins(most: number): void {
    this.transaction(() => {
      this.#run(
        `UPDATE marks SET origin = 0, flags = flags | ${MARK_UNKNOWN_ORIGIN}
          WHERE origin NOT IN (SELECT number FROM origins UNION SELECT 0)`,
      );
      this.#run("DELETE FROM origins WHERE number NOT IN (SELECT origin FROM marks)");
      const highest = Number(this.#get("SELECT max(number) AS highest FROM origins")?.highest ?? 0);
      if (highest > most) this.#renumberOrigins();
    });
  }

  /** Negative in between, so that none is there twice. */
  #renumberOrigins(): void {
    this.#exec(`
      CREATE TEMP TABLE renumbered AS
        SELECT number AS before, row_number() OVER (ORDER BY number) AS after FROM origins;
      CREATE UNIQUE INDEX temp.before_renumbered ON renumbered (before);
      UPDATE marks SET origin = (SELECT after FROM renumbered WHERE before = origin)
        WHERE origin != 0;
      UPDATE origins SET number = -(SELECT after FROM renumbered WHERE before = number);
      UPDATE origins SET number = -number;
      DROP TABLE renumbered;`);
  }

  #isSource({ fs, ino, gen, dev }: FileId): boolean {
    const sql = `SELECT 1 AS found FROM marks WHERE ${CAME_OUT_OF} LIMIT 1`;
    return this.#get(sql, signed(ino), gen, fs, dev) !== undefined;
  }

  /** The mark of a file, or undefined. */
  mark(file: FileId): Mark | undefined {
    const row = this.#get(`SELECT * FROM marks ${THIS_FILE}`, ...keyOf(file));
    return row && this.#decode(row, toMark);
  }

  /** The marks of files with an inode number, on whatever filesystem. */
  marksOfInode(ino: bigint): Mark[] {
    const rows = this.#all(`SELECT * FROM marks WHERE ino = ? AND ${IS_THERE}`, signed(ino));
    return rows.map((row) => this.#decode(row, toMark));
  }

  /**
   * Marks of files by a writer that haven't been compared with its packages.
   *
   * @param writerExe The hash of the writer's executable.
   * @param uids As whom it wrote.
   * @param most How many at most.
   */
  uncheckedMarks(writerExe: bigint, uids: ReadonlySet<number> | "all", most: number): Mark[] {
    const of = uids === "all" ? null : JSON.stringify([...uids]);
    const rows = this.#all(
      "SELECT * FROM marks WHERE writer_exe = ? AND flags & ? = 0" +
        " AND (? IS NULL OR writer_uid IN (SELECT value FROM json_each(?))) LIMIT ?",
      signed(writerExe),
      MARK_CHECKED | MARK_DISTRUSTED | MARK_UNFOUND | MARK_GONE,
      ...[of, of],
      most,
    );
    return rows.map((row) => this.#decode(row, toMark));
  }

  /** Marks with a flag, `most` of them at most. */
  marksWith(flag: number, most: number): Mark[] {
    const sql = `SELECT * FROM marks WHERE flags & ? != 0 AND ${IS_THERE} LIMIT ?`;
    const rows = this.#all(sql, flag, most);
    return rows.map((row) => this.#decode(row, toMark));
  }

  /** The origin with a number, or undefined. */
  origin(number: number): Origin | undefined {
    const row = this.#get("SELECT * FROM origins WHERE number = ?", number);
    return row && this.#decode(row, toOrigin);
  }

  /** What a hash is of, or undefined. */
  resolve(hash: bigint): Text | undefined {
    const row = this.#get("SELECT * FROM texts WHERE hash = ?", signed(hash));
    return row && this.#decode(row, toText);
  }

  /** How many files are marked. */
  countMarks(): number {
    const sql = `SELECT count(*) AS marks FROM marks WHERE ${IS_THERE}`;
    return Number(this.#get(sql)?.marks ?? 0);
  }

  /** All marks, read one by one, also of what other files came out of. */
  marks(): Generator<Mark> {
    return this.#rows("marks", MARK_KEY, toMark);
  }

  /**
   * What the kernel has to know of all marks, read one by one: a start waits for it, and this takes a
   * fraction of what {@linkcode marks} does.
   */
  *kernelMarks(): Generator<KernelMark> {
    const rows = this.#pages(`SELECT ${KERNEL_COLUMNS} FROM marks`, MARK_KEY, {
      read: (sql, values) => this.#tuples(sql, values),
      keyOf: (row) => row.slice(0, MARK_KEY.length),
    });
    for (const row of rows) {
      const mark = this.#decode(row, toKernelMark);
      if ((mark.flags & MARK_GONE) === 0) yield mark;
    }
  }

  /** All origins by number, read one by one. */
  origins(): Generator<Origin> {
    return this.#rows("origins", ["number"], toOrigin);
  }

  /** All texts, read one by one. */
  texts(): Generator<Text> {
    return this.#rows("texts", ["hash"], toText);
  }

  /** The folders that marked files were first written to, as far as they are known. */
  *landingFolders(): Generator<ByteString> {
    const sql = `SELECT DISTINCT landing_folder AS hash FROM marks WHERE ${IS_THERE}`;
    for (const { hash } of this.#all(sql)) {
      const text = this.resolve(unsigned(hash));
      if (text?.kind === "folder") yield text.bytes;
    }
  }

  /**
   * The paths and names that match a pattern, read one by one.
   *
   * @param pattern Is tried on the text itself and, where that differs, on the
   * way it is displayed. The flags `g` and `y` don't count.
   */
  *grep(pattern: RegExp): Generator<Text> {
    const stateless = new RegExp(pattern, pattern.flags.replace(/[gy]/g, ""));
    for (const text of this.texts()) {
      // These are raw bytes and no text.
      if (text.kind === "remote" || text.kind === "digest") continue;
      if (stateless.test(decodeText(text.bytes)) || stateless.test(displayText(text.bytes))) {
        yield text;
      }
    }
  }

  /** The numbers that zones of the configuration ever had. */
  zones(): Map<string, number> {
    return new Map(this.#rows("zones", ["name"], toZone));
  }

  /** Records the numbers of zones. A name that has one keeps it. */
  putZones(zones: ReadonlyMap<string, number>): void {
    for (const [name, number] of zones) this.#run(PUT_ZONE, name, number);
  }

  #exec(sql: string): void {
    guard(this.path, "write to", () => this.#db.exec(sql));
  }

  /** Returns how many rows it changed. */
  #run(sql: string, ...values: (bigint | number | string | Uint8Array | null)[]): number {
    return guard(this.path, "write to", () => Number(this.#prepared(sql).run(...values).changes));
  }

  #get(sql: string, ...values: (bigint | number | Uint8Array)[]): Row | undefined {
    return guard(this.path, "read", () => this.#prepared(sql).get(...values));
  }

  /** All rows of a table in the order of its key. */
  *#rows<T>(table: string, key: readonly string[], decode: (row: Row) => T): Generator<T> {
    const rows = this.#pages(`SELECT * FROM ${table}`, key, {
      read: (sql, values) => this.#all(sql, ...values),
      keyOf: (row) => key.map((column) => row[column]!),
    });
    for (const row of rows) yield this.#decode(row, decode);
  }

  /**
   * What a query gives, page by page. Not by `iterate()`, which takes an error
   * for the end of the rows: marks on damaged pages would be lost without a
   * word. Nor does a page keep the writer's log from being folded back.
   */
  *#pages<R>(select: string, key: readonly string[], { read, keyOf }: Pages<R>): Generator<R> {
    const order = `ORDER BY ${key} LIMIT ${PAGE}`;
    let rows = read(`${select} ${order}`, []);
    for (;;) {
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < PAGE) return;
      rows = read(`${select} WHERE (${key}) > (${key.map(() => "?")}) ${order}`, keyOf(last));
    }
  }

  #all(sql: string, ...values: SQLOutputValue[]): Row[] {
    return guard(this.path, "read", () => this.#prepared(sql).all(...values));
  }

  /** The same without names, which takes a fourth of the time. */
  #tuples(sql: string, values: SQLOutputValue[]): SQLOutputValue[][] {
    return guard(this.path, "read", () => {
      const statement = this.#prepared(sql);
      statement.setReturnArrays(true);
      return statement.all(...values) as unknown as SQLOutputValue[][];
    });
  }

  #decode<R, T>(row: R, decode: (row: R) => T): T {
    try {
      return decode(row);
    } catch (error) {
      throw new StoreCorrupt(this.path, "a row makes no sense", error);
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      statement.setReadBigInts(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function signed(u64: bigint): bigint {
  return BigInt.asIntN(64, u64);
}

function unsigned(value: SQLOutputValue | undefined): bigint {
  return BigInt.asUintN(64, value as bigint);
}

function blob(value: ByteString | null): Uint8Array | null {
  return value === null ? null : byteStringToBytes(value);
}

function optionalBytes(value: SQLOutputValue | undefined): ByteString | null {
  return value === null ? null : bytesToByteString(value as Uint8Array);
}

function keyOf(file: FileId): [Uint8Array, bigint, number, number] {
  return [file.fs, signed(file.ino), file.gen, file.dev];
}

function toZone({ name, number }: Row): [string, number] {
  return [name as string, Number(number)];
}

function toText(row: Row): Text {
  const kind = TEXT_KINDS[Number(row.kind)];
  if (kind === undefined) throw new RangeError(`Cannot read a text of kind ${row.kind}`);
  return { hash: unsigned(row.hash), kind, bytes: bytesToByteString(row.bytes as Uint8Array) };
}

function toOrigin(row: Row): Origin {
  return {
    number: Number(row.number),
    creatorExe: unsigned(row.creator_exe),
    creatorComm: unsigned(row.creator_comm),
    remote: unsigned(row.remote),
    comm: bytesToByteString(row.comm as Uint8Array),
    addr: row.addr as Uint8Array,
    uid: Number(row.uid),
    port: Number(row.port),
    family: Number(row.family),
    zone: Number(row.zone),
    time: Number(row.time),
    flags: Number(row.flags),
    creatorPath: optionalBytes(row.creator_path),
  };
}

function toMark(row: Row): Mark {
  return {
    ...toKernelMark(KERNEL_COLUMNS.map((column) => row[column]!)),
    from: row.from_fs === null ? null : {
      fs: row.from_fs as Uint8Array,
      ino: unsigned(row.from_ino),
      gen: Number(row.from_gen),
      dev: Number(row.from_dev),
    },
    path: optionalBytes(row.path),
    url: row.url as string | null,
  };
}

/** What stands in {@linkcode KERNEL_COLUMNS}. */
function toKernelMark(row: SQLOutputValue[]): KernelMark {
  const [fs, ino, gen, dev, landingFolder, landingName, writerExe, writerUid, origin, time, flags] =
    row;
  return {
    file: { fs: fs as Uint8Array, ino: unsigned(ino), gen: Number(gen), dev: Number(dev) },
    landingFolder: unsigned(landingFolder),
    landingName: unsigned(landingName),
    writerExe: unsigned(writerExe),
    writerUid: Number(writerUid),
    origin: Number(origin),
    time: Number(time),
    flags: Number(flags),
  };
}
