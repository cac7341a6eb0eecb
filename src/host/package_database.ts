/**
 * What a package manager knows of the files that it has installed.
 *
 * @module
 */

import type { ByteString } from "../policy/bytes.ts";

/** What a package says about a file. */
export interface Listing {
  package: ByteString;
  /** MD5 of the content in hexadecimal digits; null when the package doesn't say. */
  md5: string | null;
}

/** The files of all packages. Nothing here takes long at a time. */
export interface PackageDatabase {
  /** How it is called. */
  name: string;
  /** The programs that write packages' files. */
  writers: readonly ByteString[];
  /** Whether nothing is being installed, and what is there is whole. */
  isAtRest: () => boolean;
  /** Where a file may be by now that was written under a path, the likeliest first. */
  places: (written: ByteString) => ByteString[];
  /** Whether a file that no package lists is the package manager's own all the same. */
  owns: (path: ByteString) => boolean;
  /**
   * Looks files up.
   *
   * @param paths The files, by paths without links.
   * @returns What is listed, by path; yields now and then on the way.
   */
  look: (paths: Iterable<ByteString>) => Generator<void, Map<ByteString, Listing[]>>;
  /** What a person may do about a file of a package that isn't the package's. */
  advice: (packageName: ByteString) => string;
}
