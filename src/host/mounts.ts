/**
 * The filesystems of this machine that keep extended attributes.
 *
 * @module
 */

import type { ByteString } from "../policy/bytes.ts";

/** Filesystems on disks and in memory that keep `security.*` attributes (Linux 6.1 to 7.x). */
const WITH_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["ext2", "ext3", "ext4", "xfs", "btrfs", "bcachefs", "f2fs", "jfs", "reiserfs", "zfs"],
  ...["tmpfs", "ubifs", "erofs", "squashfs", "nilfs2"],
]);

/** Where a walk begins, and where it doesn't go on. */
export interface MountPoints {
  /** The tops of filesystems, each part of each of them once. */
  tops: ByteString[];
  /** All that is mounted: something else begins there. */
  all: ReadonlySet<ByteString>;
}

/**
 * Reads `/proc/self/mountinfo`, see proc_pid_mountinfo(5).
 *
 * @param text Its bytes.
 * @returns The mount points.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 0:5 / /my\\040proc rw - proc proc rw\n";
 * const { tops, all } = mountPoints(text);
 * assertEquals(tops, ["/"]);
 * assertEquals([...all], ["/", "/my proc"]);
 * ```
 */
export function mountPoints(text: ByteString): MountPoints {
  const all = new Set<ByteString>();
  const roots = new Map<string, ByteString[]>();
  const tops: ByteString[] = [];
  const mounts = text.split("\n").filter((line) => line !== "").map((line) => {
    const [, , device = "", root = "", point = "", ...rest] = line.split(" ");
    const type = rest[rest.indexOf("-") + 1] ?? "";
    return { device, root: unescaped(root), point: unescaped(point), type };
  });
  // What shows most of a filesystem comes first.
  for (const mount of mounts.toSorted((a, b) => a.root.length - b.root.length)) {
    all.add(mount.point);
    if (!WITH_ATTRIBUTES.has(mount.type)) continue;
    const shown = roots.get(mount.device) ?? [];
    if (shown.some((root) => isBelow(mount.root, root))) continue;
    roots.set(mount.device, [...shown, mount.root]);
    tops.push(mount.point);
  }
  return { tops, all };
}

/**
 * Finds the device of the root filesystem, as the kernel encodes it.
 *
 * @param text The bytes of a `mountinfo`.
 * @returns The number; 0 when there is none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const text = "1 0 0:2 / / rw - rootfs rootfs rw\n22 1 254:1 / / rw - ext4 /dev/vda1 rw\n";
 * assertEquals(rootDevice(text), 254 * 2 ** 20 + 1);
 * ```
 */
export function rootDevice(text: ByteString): number {
  // What was mounted last is what is seen.
  const mount = text.split("\n").map((line) => line.split(" ")).findLast((parts) =>
    parts[4] === "/"
  );
  const [major, minor] = (mount?.[2] ?? "0:0").split(":").map(Number);
  return ((major! << 20) | minor!) >>> 0;
}

function isBelow(path: ByteString, folder: ByteString): boolean {
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** Blanks and the like are written as `\040`. */
function unescaped(path: ByteString): ByteString {
  return path.replaceAll(
    /\\([0-7]{3})/g,
    (_, octal: string) => String.fromCharCode(parseInt(octal, 8)),
  );
}
