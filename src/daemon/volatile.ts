/**
 * Filesystems in memory: what lies on them ends with the boot, and nobody tells of it.
 *
 * @module
 */

import type { LpFileId } from "../../ffi/layout.gen.ts";
import { type FileDescriptor, filesystemStatus } from "../../ffi/libc.ts";
import { hasUuid } from "../marks/records.ts";
import type { Store } from "../marks/store.ts";
import { StoreError } from "../marks/store_error.ts";

/** TMPFS_MAGIC of include/uapi/linux/magic.h. */
const TMPFS = 0x01021994;

/** Notes in the store which filesystems are in memory. */
export class VolatileFilesystems {
  readonly #store: Store;
  readonly #boot: string;
  readonly #looked = new Set<string>();

  /**
   * @param store Where it is noted.
   * @param boot The kernel's id of this boot.
   */
  constructor(store: Store, boot: string) {
    this.#store = store;
    this.#boot = boot;
  }

  /** Forgets the marks on those of other boots. */
  endOthers(): void {
    this.#store.endVolatile(this.#boot);
  }

  /**
   * Looks at the filesystem of a marked file, the first time that it has one.
   *
   * @param file The file, pinned down.
   * @param id Who it is.
   */
  look(file: FileDescriptor, id: LpFileId): void {
    const key = id.fs.join();
    // Without a UUID it can't be told from others: tmpfs has one since Linux 6.0.
    if (this.#looked.has(key) || !hasUuid(id)) return;
    this.#looked.add(key);
    if (filesystemStatus(file.procPath).type !== TMPFS) return;
    try {
      this.#store.putVolatile(id.fs, this.#boot);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#looked.delete(key);
    }
  }
}
