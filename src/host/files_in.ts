/**
 * Walks through folders.
 *
 * @module
 */

import { openPath, status } from "../../ffi/libc.ts";
import { readFolder } from "../../ffi/paths.ts";
import { bytesToByteString, type ByteString } from "../policy/bytes.ts";

/** S_IFMT, S_IFREG and S_IFDIR of stat(2). */
export const FileType = { mask: 0o170000, regular: 0o100000, folder: 0o040000 } as const;

/** How to walk. */
export interface WalkOptions {
  /** Called with what couldn't be read, and why; the walk goes on when it returns. */
  wrong: (path: ByteString, error: unknown) => void;
  /** Whether to go into a folder below the first; into all, unless this is given. */
  enters?: (path: ByteString) => boolean;
}

/**
 * Whether something is a folder; a link isn't.
 *
 * @throws {BpfError} When it isn't there.
 */
export function isFolder(path: ByteString): boolean {
  using file = openPath(path);
  return (status(file).mode & FileType.mask) === FileType.folder;
}

/**
 * The files in a folder and in those below it; links are not followed.
 *
 * @param folder Its path without a final slash: the root is "".
 * @param options How.
 * @returns Paths. Where a filesystem doesn't tell types, not all of them are regular files.
 */
export function* filesIn(folder: ByteString, options: WalkOptions): Generator<ByteString> {
  const attempt = <T>(path: ByteString, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      options.wrong(path, error);
      return undefined;
    }
  };
  for (const { name, type } of attempt(folder || "/", () => readFolder(folder || "/")) ?? []) {
    const path = `${folder}/${bytesToByteString(name)}`;
    if (type === "folder" || (type === "unknown" && attempt(path, () => isFolder(path)))) {
      if (options.enters?.(path) ?? true) yield* filesIn(path, options);
    } else if (type === "file" || type === "unknown") {
      yield path;
    }
  }
}
