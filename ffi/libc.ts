/**
 * Functions of the C library that Deno has no counterpart for. Paths are bytes:
 * a string holds one byte in each code unit.
 *
 * @module
 */
import { abi } from "./_abi.ts";
import { cString } from "./_memory.ts";
import { Errno } from "./errno.ts";
import { type Action, BpfError, checkCall } from "./error.ts";
import { libc, settled } from "./_libc_symbols.ts";

/** Flags of {@linkcode openFile} (x86-64 and arm64 agree on these). */
export const OpenFlag = {
  readOnly: 0,
  nonBlock: 0o4000,
  closeOnExec: 0o2000000,
} as const;

// These two differ between architectures.
const noFollow = Deno.build.arch === "aarch64" ? 0o100000 : 0o400000;
const directory = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
/** O_PATH. */
export const pathOnly = 0o10000000;
const atFdCwd = -100;
/** AT_EMPTY_PATH. */
export const atEmptyPath = 0x1000;

/** A path: a string with one byte in each code unit, or bytes. */
export type BytePath = string | Uint8Array;

/** A path as errors show it. */
export function quotePath(path: BytePath): string {
  return JSON.stringify(
    typeof path === "string" ? path : Array.from(path, (b) => String.fromCharCode(b)).join(""),
  );
}

/** An open file descriptor that is closed when it is disposed of. */
export class FileDescriptor implements Disposable {
  #fd: number;

  /** @param fd The descriptor; this object owns it from now on. */
  constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * The descriptor's number.
   *
   * @throws {Deno.errors.BadResource} When it is closed.
   */
  get number(): number {
    if (this.#fd < 0) throw new Deno.errors.BadResource("The file descriptor is closed already");
    return this.#fd;
  }

  /** Leads to the same file by any call that takes a path, even when it was moved. */
  get procPath(): string {
    return `/proc/self/fd/${this.number}`;
  }

  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    libc().close(this.#fd);
    this.#fd = -1;
  }
}

/**
 * Opens a file for reading its data.
 *
 * @param flags Of {@linkcode OpenFlag}; close-on-exec is always added.
 * @throws {BpfError} When the file can't be opened.
 */
export function openFile(path: BytePath, flags: number = OpenFlag.readOnly): FileDescriptor {
  const name = cString(path);
  const fd = checkCall(
    () => libc().openat(atFdCwd, name, flags | OpenFlag.closeOnExec, 0),
    () => `open ${quotePath(path)}`,
  );
  return new FileDescriptor(fd);
}

/**
 * Opens a regular file for reading, without waiting for anybody: its owner may hold a lease on it
 * (fcntl(2), F_SETLEASE), which an open(2) waits for, 45 seconds by default.
 *
 * @param file Opened with {@linkcode openPath}.
 * @throws {BpfError} EAGAIN when it is leased; when it can't be opened.
 */
export function openAtOnce(file: FileDescriptor): FileDescriptor {
  return openFile(file.procPath, OpenFlag.readOnly | OpenFlag.nonBlock);
}

/**
 * Reads a file to its end. For /proc and /sys, which Deno's permissions keep
 * from programs that may not do everything.
 *
 * @throws {Deno.errors.NotFound} When there is no such file.
 * @throws {BpfError} When it can't be read.
 */
export function readFile(path: BytePath): Uint8Array<ArrayBuffer> {
  using file = openExisting(path);
  let bytes = new Uint8Array(65_536);
  for (let length = 0;;) {
    const read = readInto(file, bytes.subarray(length), () => `read ${quotePath(path)}`);
    if (read === 0) return bytes.slice(0, length);
    length += read;
    if (length < bytes.length) continue;
    const more = new Uint8Array(bytes.length * 2);
    more.set(bytes);
    bytes = more;
  }
}

/**
 * Reads the start of an open file.
 *
 * @param size How many bytes.
 * @returns As many bytes, zeros behind the end of the file.
 * @throws {BpfError} When it can't be read.
 */
export function readStart(file: FileDescriptor, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let length = 0; length < size;) {
    const read = readInto(file, bytes.subarray(length));
    if (read === 0) break;
    length += read;
  }
  return bytes;
}

/**
 * Reads on in an open file.
 *
 * @param size How many bytes at most.
 * @returns The bytes; none at the end of the file.
 * @throws {BpfError} When it can't be read.
 */
export function readSome(file: FileDescriptor, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  return bytes.subarray(0, readInto(file, bytes));
}

/** Reads at most what has room; 0 at the end of the file. */
function readInto(
  file: FileDescriptor,
  room: Uint8Array<ArrayBuffer>,
  action: Action = () => `read descriptor ${file.number}`,
): number {
  const size = BigInt(room.length);
  return checkCall(() => Number(libc().read(file.number, room, size)), action);
}

function openExisting(path: BytePath): FileDescriptor {
  try {
    return openFile(path);
  } catch (error) {
    if (!(error instanceof BpfError) || error.errno !== Errno.ENOENT) throw error;
    throw new Deno.errors.NotFound(`${quotePath(path)} does not exist`, { cause: error });
  }
}

/**
 * Pins a file down without opening it (O_PATH): no hook, no side effect of a
 * device, no wait on a pipe. A symbolic link is taken itself, not followed.
 *
 * @param options `at`: an open folder that a relative path starts from;
 * `directory`: fail unless it is a folder.
 * @throws {BpfError} When there is no such file.
 */
export function openPath(
  path: BytePath,
  options: { at?: FileDescriptor; directory?: boolean } = {},
): FileDescriptor {
  const flags = pathOnly | noFollow | OpenFlag.closeOnExec | (options.directory ? directory : 0);
  const name = cString(path);
  const fd = checkCall(
    () => libc().openat(options.at?.number ?? atFdCwd, name, flags, 0),
    () => `look up ${quotePath(path)}`,
  );
  return new FileDescriptor(fd);
}

/** What the kernel says about a file. */
export interface FileStatus {
  /** Inode number. */
  ino: bigint;
  /** Device as the kernel keeps it in s_dev: major << 20 | minor. */
  dev: number;
  /** File type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  nlink: number;
  /** Bytes. */
  size: bigint;
  /** Seconds since 1970 of birth (0 when the filesystem keeps none), status and data change. */
  btime: bigint;
  ctime: bigint;
  mtime: bigint;
  /** Number of the mount it was reached through. */
  mountId: bigint;
}

// STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID
const statxMask = 0x7ff | 0x800 | 0x1000;
const emptyPath = cString("");
const statxBytes = new Uint8Array(abi.statx.size);
const statxView = new DataView(statxBytes.buffer);

/**
 * The status of an open file.
 *
 * @throws {BpfError} When the kernel refuses.
 */
export function status(file: FileDescriptor): FileStatus {
  const fd = file.number;
  checkCall(
    () => libc().statx(fd, emptyPath, atEmptyPath, statxMask, statxBytes),
    () => `stat descriptor ${fd}`,
  );
  const at = abi.statx.fields;
  const major = statxView.getUint32(at.stx_dev_major, true);
  const minor = statxView.getUint32(at.stx_dev_minor, true);
  return {
    ino: statxView.getBigUint64(at.stx_ino, true),
    dev: (major << 20 | minor) >>> 0,
    mode: statxView.getUint16(at.stx_mode, true),
    uid: statxView.getUint32(at.stx_uid, true),
    gid: statxView.getUint32(at.stx_gid, true),
    nlink: statxView.getUint32(at.stx_nlink, true),
    size: statxView.getBigUint64(at.stx_size, true),
    btime: statxView.getBigInt64(at.stx_btime, true),
    ctime: statxView.getBigInt64(at.stx_ctime, true),
    mtime: statxView.getBigInt64(at.stx_mtime, true),
    mountId: statxView.getBigUint64(at.stx_mnt_id, true),
  };
}

const NO_SUCH_IOCTL: ReadonlySet<number> = new Set([
  ...[Errno.ENOTTY, Errno.EOPNOTSUPP, Errno.ENOSYS],
]);

// _IOR('v', 1, long); the kernel writes an int.
const fsIocGetVersion = 0x80087601;
const generationWord = new Uint32Array(2);

/**
 * The inode's generation, which tells a reused inode number from the old file.
 *
 * @param file Opened with {@linkcode openFile}: a descriptor of
 * {@linkcode openPath} can't be asked.
 * @returns `undefined` when the filesystem keeps none.
 * @throws {BpfError} When the kernel refuses for another reason.
 */
export function generation(file: FileDescriptor): number | undefined {
  const fd = file.number;
  const rc = settled(() => libc().ioctl(fd, fsIocGetVersion, generationWord));
  if (rc === 0) return generationWord[0];
  if (NO_SUCH_IOCTL.has(-rc)) return undefined;
  throw new BpfError(`read the generation of descriptor ${fd}`, -rc);
}

// _IOR(0x15, 0, struct fsuuid2): FS_IOC_GETFSUUID of include/uapi/linux/fs.h, since Linux 6.9.
const fsIocGetUuid = 0x80111500;
const uuidBytes = new Uint8Array(17);

/**
 * The UUID of a file's filesystem, as the kernel keeps it in s_uuid.
 *
 * @param file Opened with {@linkcode openFile}.
 * @returns 16 bytes; `undefined` where there is none, or the kernel doesn't tell (before Linux 6.9).
 * @throws {BpfError} When the kernel refuses for another reason.
 */
export function filesystemUuid(file: FileDescriptor): Uint8Array | undefined {
  const fd = file.number;
  const rc = settled(() => libc().ioctl(fd, fsIocGetUuid, uuidBytes));
  if (rc === 0) {
    return uuidBytes.subarray(1).some((byte) => byte !== 0) ? uuidBytes.slice(1) : undefined;
  }
  if (NO_SUCH_IOCTL.has(-rc)) return undefined;
  throw new BpfError(`read the UUID of descriptor ${fd}`, -rc);
}

/** What the kernel says about a filesystem. */
export interface FilesystemStatus {
  /** Magic number of its type, e.g. 0xef53 for ext4. */
  type: number;
  /** Bytes of a block, and how many there are and are free for unprivileged users. */
  blockSize: number;
  blocks: bigint;
  available: bigint;
  /** ST_* mount flags, e.g. 1 for read-only. */
  flags: number;
}

const statfsBytes = new Uint8Array(abi.statfs.size);
const statfsView = new DataView(statfsBytes.buffer);

/**
 * The filesystem that a path lies on.
 *
 * @throws {BpfError} When the kernel refuses.
 */
export function filesystemStatus(path: BytePath): FilesystemStatus {
  checkCall(
    () => libc().statfs(cString(path), statfsBytes),
    () => `read the filesystem of ${quotePath(path)}`,
  );
  const at = abi.statfs.fields;
  return {
    type: statfsView.getUint32(at.f_type, true),
    blockSize: statfsView.getUint32(at.f_bsize, true),
    blocks: statfsView.getBigUint64(at.f_blocks, true),
    available: statfsView.getBigUint64(at.f_bavail, true),
    flags: statfsView.getUint32(at.f_flags, true),
  };
}

/**
 * Waits until a file's data and attributes are on disk.
 *
 * @param file Opened with {@linkcode openFile}.
 * @throws {BpfError} When they can't be written.
 */
export function syncFile(file: FileDescriptor): void {
  const fd = file.number;
  checkCall(() => libc().fsync(fd), () => `sync descriptor ${fd}`);
}

// LOCK_EX | LOCK_NB
const exclusiveNow = 2 | 4;

/**
 * Takes an exclusive advisory lock, which ends when the descriptor is closed.
 *
 * @param file Opened with {@linkcode openFile}.
 * @returns Whether it was free.
 * @throws {BpfError} When the filesystem can't lock.
 */
export function tryLock(file: FileDescriptor): boolean {
  const fd = file.number;
  const rc = settled(() => libc().flock(fd, exclusiveNow));
  if (rc === 0) return true;
  if (rc === -Errno.EAGAIN) return false;
  throw new BpfError(`lock descriptor ${fd}`, -rc);
}

/**
 * Gives memory that was freed back to the system. The C library keeps it otherwise: what libbpf needs to
 * load programs is some megabytes that nobody needs afterwards.
 */
export function trimMemory(): void {
  libc().malloc_trim(0n);
}
