/**
 * Marked files that are known by their inode alone: their event was lost, and
 * with it their path.
 *
 * @module
 */

import { reach } from "../../ffi/error.ts";
import { type FileHandle, fileHandle, openByHandle } from "../../ffi/file_handle.ts";
import type { LpFileId } from "../../ffi/layout.gen.ts";
import { type FileDescriptor, openFile, openPath, readFile } from "../../ffi/libc.ts";
import { realPath } from "../../ffi/paths.ts";
import { inodeHandle } from "../host/inode_handle.ts";
import { mountPoints } from "../host/mounts.ts";
import { bytesToByteString, type ByteString } from "../policy/bytes.ts";
import type { KernelMarks } from "./kernel_marks.ts";

/** A filesystem that is mounted here. */
interface Volume {
  top: FileDescriptor;
  sample: FileHandle;
}

/**
 * Finds files of the filesystems that are mounted when it is made. Not for long: none of them can
 * be unmounted meanwhile.
 */
export class FilesByHandle implements Disposable {
  readonly #marks: KernelMarks;
  readonly #volumes = new Map<string, Volume>();

  /** @param marks Says who a file is. */
  constructor(marks: KernelMarks) {
    this.#marks = marks;
    const { tops } = mountPoints(bytesToByteString(readFile("/proc/self/mountinfo")));
    for (const path of tops) this.#add(path);
  }

  #add(path: ByteString): void {
    using stack = new DisposableStack();
    reach(() => {
      const top = stack.use(openFile(path));
      const key = volumeOf(this.#marks.query(top.number).file);
      if (this.#volumes.has(key)) return;
      this.#volumes.set(key, { top, sample: fileHandle(top) });
      stack.move();
    });
  }

  /**
   * Pins a file down.
   *
   * @param id Who it is.
   * @returns Null when it can't be found so: on tmpfs, and in a subvolume of btrfs that isn't mounted
   * itself.
   * @throws {BpfError} ESTALE when it isn't there any more, EPERM without CAP_DAC_READ_SEARCH.
   */
  open(id: LpFileId): FileDescriptor | null {
    const volume = this.#volumes.get(volumeOf(id));
    const handle = volume && inodeHandle(volume.sample, id.ino, id.gen);
    if (!handle) return null;
    return this.#marks.verified(openByHandle(volume.top, handle), id);
  }

  /**
   * Where a file is.
   *
   * @param file The file, pinned down.
   * @param id Who it is.
   * @returns Null when the kernel has forgotten that.
   */
  path(file: FileDescriptor, id: LpFileId): ByteString | null {
    return reach(() => {
      const path = bytesToByteString(realPath(file.procPath));
      using again = this.#marks.verified(openPath(path), id);
      return again && path;
    });
  }

  /** Lets go of the filesystems. */
  [Symbol.dispose](): void {
    for (const { top } of this.#volumes.values()) top[Symbol.dispose]();
    this.#volumes.clear();
  }
}

function volumeOf({ fs, dev }: LpFileId): string {
  return `${fs.join()}:${dev}`;
}
