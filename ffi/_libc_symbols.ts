import { openLibrary } from "./_library.ts";

const library = openLibrary({
  names: ["libc.so.6"],
  fix: "use a distribution with the GNU C library",
  symbols: {
    __errno_location: { parameters: [], result: "pointer" },
    openat: { parameters: ["i32", "buffer", "i32", "u32"], result: "i32" },
    mkdir: { parameters: ["buffer", "u32"], result: "i32" },
    unlink: { parameters: ["buffer"], result: "i32" },
    rmdir: { parameters: ["buffer"], result: "i32" },
    rename: { parameters: ["buffer", "buffer"], result: "i32" },
    name_to_handle_at: {
      parameters: ["i32", "buffer", "buffer", "buffer", "i32"],
      result: "i32",
    },
    open_by_handle_at: { parameters: ["i32", "buffer", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
    eventfd: { parameters: ["u32", "i32"], result: "i32" },
    eventfd_write: { parameters: ["i32", "u64"], result: "i32" },
    eventfd_read: { parameters: ["i32", "buffer"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    realpath: { parameters: ["buffer", "buffer"], result: "pointer" },
    opendir: { parameters: ["buffer"], result: "pointer" },
    readdir: { parameters: ["pointer"], result: "pointer" },
    closedir: { parameters: ["pointer"], result: "i32" },
    statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
    statfs: { parameters: ["buffer", "buffer"], result: "i32" },
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
    fsync: { parameters: ["i32"], result: "i32" },
    flock: { parameters: ["i32", "i32"], result: "i32" },
    // Variadic in C; both architectures pass these three as they are.
    fcntl: { parameters: ["i32", "i32", "buffer"], result: "i32" },
    getxattr: { parameters: ["buffer", "buffer", "buffer", "usize"], result: "isize" },
    lgetxattr: { parameters: ["buffer", "buffer", "buffer", "usize"], result: "isize" },
    setxattr: { parameters: ["buffer", "buffer", "buffer", "usize", "i32"], result: "i32" },
    removexattr: { parameters: ["buffer", "buffer"], result: "i32" },
    mmap: {
      parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"],
      result: "pointer",
    },
    munmap: { parameters: ["pointer", "usize"], result: "i32" },
    malloc_trim: { parameters: ["usize"], result: "i32" },
    madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
    memcpy: { parameters: ["buffer", "pointer", "usize"], result: "pointer" },
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    sendto: {
      parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
      result: "isize",
    },
    getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
    geteuid: { parameters: [], result: "u32" },
    prctl: { parameters: ["i32", "buffer", "u64", "u64", "u64"], result: "i32" },
  },
});

let location: Deno.UnsafePointerView | undefined;

/** The C library's symbols; the first call opens it. */
export function libc(): ReturnType<typeof library> {
  const symbols = library();
  // At once: finding out where errno is may change it.
  location ??= new Deno.UnsafePointerView(symbols.__errno_location()!);
  return symbols;
}

/**
 * The calling thread's errno. It holds until the next native call only.
 *
 * The address is kept: an isolate (the main thread's or a worker's) stays on
 * its thread, and each has its own instance of this module.
 */
export function errno(): number {
  if (location === undefined) libc();
  return location!.getInt32(0);
}

/** EAGAIN of asm-generic/errno-base.h. */
const AGAIN = 11;

/** Calls at most. */
const TRIES = 8;

/**
 * Makes a call whose errno matters. Between a call and {@linkcode errno} V8 may
 * collect garbage, whose locks leave EAGAIN there (futex(2)): such a call, which
 * has failed, is made again. One that does answer EAGAIN is made a few times in vain.
 *
 * @param work The call; it returns less than 0 when it fails.
 * @returns What it returned, or minus its errno.
 */
export function settled(work: () => number): number {
  for (let tries = 1;; tries++) {
    const rc = work();
    if (rc >= 0) return rc;
    const error = errno();
    if (error !== AGAIN || tries === TRIES) return -error;
  }
}
