/**
 * The store under another key of the host: all hashes are made anew from what
 * they are of, so that the loss of the key loosens and tightens nothing.
 *
 * @module
 */

import type { PathHasher } from "./path_hash.ts";
import type { Store, Text } from "./store.ts";

/**
 * Whether the store's hashes were made under the hasher's key.
 *
 * @param store The open store.
 * @param hasher Hashes under the host's key.
 * @returns True also for a store without any text, which can't tell.
 */
export function keyFits(store: Store, hasher: PathHasher): boolean {
  for (const text of store.texts()) {
    const hash = rehash(text, hasher);
    if (hash !== null) return hash === text.hash;
  }
  return true;
}

/**
 * Replaces the store's hashes by those under the hasher's key. What a hash was
 * of may be unknown: it becomes 0, which no rule is about.
 *
 * @param store The open store.
 * @param hasher Hashes under the host's key.
 */
export function rekey(store: Store, hasher: PathHasher): void {
  const renewed = new Map<bigint, bigint>();
  const texts: Text[] = [];
  for (const text of store.texts()) {
    const hash = rehash(text, hasher);
    if (hash === null) continue;
    renewed.set(text.hash, hash);
    texts.push({ ...text, hash });
  }
  const of = (hash: bigint) => renewed.get(hash) ?? 0n;
  const origins = [...store.origins()].map((origin) => ({
    ...origin,
    creatorExe: origin.creatorPath === null ? 0n : hasher.file(origin.creatorPath),
    creatorComm: hasher.comm(origin.comm),
    remote: hasher.remote(origin.addr),
  }));
  const marks = [...store.marks()].map((mark) => ({
    ...mark,
    landingFolder: of(mark.landingFolder),
    landingName: of(mark.landingName),
    writerExe: of(mark.writerExe),
  }));
  store.transaction(() => {
    store.forgetTexts();
    store.putTexts(texts);
    for (const origin of origins) store.putOrigin(origin);
    for (const mark of marks) store.putMark(mark);
  });
}

/** Null for what is no text. */
function rehash({ kind, bytes }: Text, hasher: PathHasher): bigint | null {
  switch (kind) {
    case "file":
      return hasher.file(bytes);
    case "folder":
      return hasher.folder(bytes);
    case "name":
      return hasher.name(bytes);
    case "comm":
      return hasher.comm(bytes);
    case "remote":
    case "digest":
      return null;
  }
}
