/**
 * File handles made from an inode number and a generation: what a filesystem calls
 * a file of which no path is known.
 *
 * @module
 */

import type { FileHandle } from "../../ffi/file_handle.ts";

/** FILEID_INO32_GEN of include/linux/exportfs.h: ext4, xfs, f2fs and others. */
const INO32_GEN = 1;
/** The same with XFS_FILEID_TYPE_64FLAG of fs/xfs/xfs_export.h. */
const XFS_INO64_GEN = 0x81;
/** FILEID_BTRFS_WITHOUT_PARENT. */
const BTRFS = 0x4d;

/** Where the generation stands in each. */
const GENERATION_AT = { ino32: 4, ino64: 8, btrfs: 16 } as const;

/**
 * The handle of another file of the same filesystem.
 *
 * @param sample The handle of one of its files, in the filesystem's format.
 * @param ino The other's inode number.
 * @param gen Its generation.
 * @returns Null when the format isn't one of those known here; of btrfs it is a
 * file of the sample's subvolume.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const sample = { type: 1, bytes: new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0]) };
 * assertEquals(inodeHandle(sample, 258n, 7)?.bytes, new Uint8Array([2, 1, 0, 0, 7, 0, 0, 0]));
 * ```
 */
export function inodeHandle(sample: FileHandle, ino: bigint, gen: number): FileHandle | null {
  const { type, bytes } = sample;
  switch (type) {
    case INO32_GEN:
      // tmpfs has a third word, and finds only what was asked for a handle before.
      if (bytes.length !== 8) return null;
      return ino > 0xffffffffn ? xfsHandle(ino, gen) : filled(type, bytes, (view) => {
        view.setUint32(0, Number(ino), true);
        view.setUint32(GENERATION_AT.ino32, gen, true);
      });
    case XFS_INO64_GEN:
      return xfsHandle(ino, gen);
    case BTRFS:
      // objectid, root_objectid, gen: struct btrfs_fid of fs/btrfs/export.h.
      if (bytes.length !== 20) return null;
      return filled(type, bytes, (view) => {
        view.setBigUint64(0, ino, true);
        view.setUint32(GENERATION_AT.btrfs, gen, true);
      });
    default:
      return null;
  }
}

/**
 * The generation that stands in the handle of a file.
 *
 * @param handle Its handle.
 * @returns Null when the format isn't one of those known here.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(handleGeneration({ type: 1, bytes: new Uint8Array([2, 1, 0, 0, 7, 0, 0, 0]) }), 7);
 * ```
 */
export function handleGeneration({ type, bytes }: FileHandle): number | null {
  const at = GENERATIONS.get(`${type}:${bytes.length}`);
  if (at === undefined) return null;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

/** Where that is, by format and length. tmpfs has it first: shmem_encode_fh of mm/shmem.c. */
const GENERATIONS: ReadonlyMap<string, number> = new Map([
  [`${INO32_GEN}:8`, GENERATION_AT.ino32],
  [`${INO32_GEN}:12`, 0],
  [`${XFS_INO64_GEN}:12`, GENERATION_AT.ino64],
  [`${BTRFS}:20`, GENERATION_AT.btrfs],
]);

function xfsHandle(ino: bigint, gen: number): FileHandle {
  return filled(XFS_INO64_GEN, new Uint8Array(12), (view) => {
    view.setBigUint64(0, ino, true);
    view.setUint32(GENERATION_AT.ino64, gen, true);
  });
}

function filled(type: number, bytes: Uint8Array, fill: (view: DataView) => void): FileHandle {
  const copy = bytes.slice();
  fill(new DataView(copy.buffer));
  return { type, bytes: copy };
}
