/**
 * A set of rules in the kernel's own layout: packed keys and values, ready to
 * be written into a BPF map in batches, and a look-up over them.
 *
 * The layouts are `struct lp_rule_key` and `struct lp_rule` of bpf/wire.h.
 * They are little endian, and so is every machine this runs on.
 *
 * @module
 */

/** The size of a packed key, in bytes. */
export const RULE_KEY_SIZE = 104;
/** The size of a packed value, in bytes. */
export const RULE_SIZE = 24;
/** The flag of a rule that refuses. */
export const RULE_DENY = 1;

const KEY_WORDS = RULE_KEY_SIZE / 4;
const VALUE_WORDS = RULE_SIZE / 4;
const FIRST_CAPACITY = 64;

/** One rule as the kernel sees it. */
export interface PackedRule {
  /** The rule's number, from 1. */
  number: number;
  /** {@linkcode RULE_DENY} or 0. */
  flags: number;
  /** Seconds since 1970; 0 is never. */
  expires: number;
}

/** A key under construction: a shape and twelve values. */
export class RuleKey {
  /** The key as 64-bit words: the shape, then one value a dimension. */
  readonly words64 = new BigUint64Array(RULE_KEY_SIZE / 8);
  /** The same bytes as 32-bit words. */
  readonly words: Uint32Array = new Uint32Array(this.words64.buffer);

  /**
   * Starts a new key, all of whose values are 0.
   *
   * @param shape The bits of its dimensions, and `LP_SHAPE_*`.
   */
  start(shape: number): void {
    this.words64.fill(0n);
    this.words[0] = shape;
  }

  /**
   * Sets the value of a dimension.
   *
   * @param bit The dimension.
   * @param value A u64.
   */
  set(bit: number, value: bigint): void {
    this.words64[1 + bit] = value;
  }
}

/** Packed rules with a look-up by key. */
export class RuleTable {
  #count = 0;
  #keys: Uint32Array<ArrayBuffer>;
  #values: Uint32Array<ArrayBuffer>;
  // Open addressing: a slot holds a place in the table plus 1, or 0.
  #slots: Uint32Array;

  /** @param expected About how many rules will come, so that it needn't grow. */
  constructor(expected = FIRST_CAPACITY) {
    const capacity = Math.max(expected, 1);
    this.#keys = new Uint32Array(capacity * KEY_WORDS);
    this.#values = new Uint32Array(capacity * VALUE_WORDS);
    this.#slots = new Uint32Array(slotsFor(capacity));
  }

  /** How many different keys it holds. */
  get count(): number {
    return this.#count;
  }

  /** All keys, {@linkcode RULE_KEY_SIZE} bytes each; a view, good until the next `add`. */
  get keys(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#keys.buffer, 0, this.#count * RULE_KEY_SIZE);
  }

  /** All values, {@linkcode RULE_SIZE} bytes each, in the order of the keys; a view like `keys`. */
  get values(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#values.buffer, 0, this.#count * RULE_SIZE);
  }

  /**
   * Looks a key up.
   *
   * @param key The key.
   * @returns The rule, or undefined.
   */
  find(key: RuleKey): PackedRule | undefined {
    const place = this.#slots[this.#slotOf(key.words)]!;
    return place === 0 ? undefined : this.#read(place - 1);
  }

  /**
   * Adds a rule, unless its key is there already.
   *
   * @param key The key; it is copied.
   * @param rule The value.
   * @returns What the key has already, in which case nothing was added.
   */
  add(key: RuleKey, rule: PackedRule): PackedRule | undefined {
    if (2 * (this.#count + 1) > this.#slots.length) this.#rehash();
    const slot = this.#slotOf(key.words);
    const place = this.#slots[slot]!;
    if (place !== 0) return this.#read(place - 1);
    if ((this.#count + 1) * KEY_WORDS > this.#keys.length) {
      this.#keys = grown(this.#keys);
      this.#values = grown(this.#values);
    }
    this.#keys.set(key.words, this.#count * KEY_WORDS);
    this.#write(this.#count, rule);
    this.#slots[slot] = ++this.#count;
    return undefined;
  }

  /**
   * Replaces the rule of a key that is there.
   *
   * @param key The key.
   * @param rule The new value.
   * @throws {RangeError} If the key isn't there.
   */
  replace(key: RuleKey, rule: PackedRule): void {
    const place = this.#slots[this.#slotOf(key.words)]!;
    if (place === 0) throw new RangeError(`Cannot replace rule ${rule.number}: its key is unknown`);
    this.#write(place - 1, rule);
  }

  /**
   * Says how often a rule has matched already, if its key is there.
   *
   * @param key The key.
   * @param hits How often.
   */
  setHits(key: RuleKey, hits: bigint): void {
    const place = this.#slots[this.#slotOf(key.words)]!;
    if (place === 0) return;
    const at = (place - 1) * VALUE_WORDS;
    this.#values[at + 4] = Number(hits & 0xffffffffn);
    this.#values[at + 5] = Number(hits >> 32n);
  }

  #read(place: number): PackedRule {
    const at = place * VALUE_WORDS;
    return {
      number: this.#values[at]!,
      flags: this.#values[at + 1]!,
      expires: this.#values[at + 2]! + this.#values[at + 3]! * 2 ** 32,
    };
  }

  #write(place: number, rule: PackedRule): void {
    const at = place * VALUE_WORDS;
    this.#values[at] = rule.number;
    this.#values[at + 1] = rule.flags;
    this.#values[at + 2] = rule.expires % 2 ** 32;
    this.#values[at + 3] = Math.floor(rule.expires / 2 ** 32);
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  #slotOf(key: Uint32Array): number {
    const mask = this.#slots.length - 1;
    for (let slot = mix(key, 0) & mask;; slot = (slot + 1) & mask) {
      const place = this.#slots[slot]!;
      if (place === 0 || this.#equals(key, (place - 1) * KEY_WORDS)) return slot;
    }
  }

  #equals(key: Uint32Array, at: number): boolean {
    for (let i = 0; i < KEY_WORDS; i++) {
      if (key[i] !== this.#keys[at + i]) return false;
    }
    return true;
  }

  #rehash(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let place = 0; place < this.#count; place++) {
      let slot = mix(this.#keys, place * KEY_WORDS) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = place + 1;
    }
  }
}

/** A power of two, at least twice the capacity. */
function slotsFor(capacity: number): number {
  let slots = 2 * FIRST_CAPACITY;
  while (slots < 2 * capacity) slots *= 2;
  return slots;
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * words.length);
  larger.set(words);
  return larger;
}

function mix(words: Uint32Array, at: number): number {
  let hash = 0;
  for (let i = 0; i < KEY_WORDS; i++) {
    hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
