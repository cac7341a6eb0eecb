/**
 * The one owner of a native pointer: it is destroyed once, and asking for it
 * afterwards throws instead of handing freed memory to C.
 */
export class Owned implements Disposable {
  #pointer: Deno.PointerObject | undefined;
  #what: string;
  #destroy: (pointer: Deno.PointerObject) => void;

  /**
   * @param what Names the thing in errors, e.g. `object linprov`.
   * @param destroy Called once, by the first dispose.
   */
  constructor(
    pointer: Deno.PointerObject,
    what: string,
    destroy: (pointer: Deno.PointerObject) => void,
  ) {
    this.#pointer = pointer;
    this.#what = what;
    this.#destroy = destroy;
  }

  /** Names the thing in errors. */
  get what(): string {
    return this.#what;
  }

  /** Whether the pointer is gone: destroyed or handed over. */
  get closed(): boolean {
    return this.#pointer === undefined;
  }

  /** @throws {Deno.errors.BadResource} When it is gone. */
  get pointer(): Deno.PointerObject {
    if (this.#pointer === undefined) {
      throw new Deno.errors.BadResource(`The ${this.#what} is closed already`);
    }
    return this.#pointer;
  }

  /** Hands the pointer to a new owner; this one is closed afterwards. */
  release(): Deno.PointerObject {
    const pointer = this.pointer;
    this.#pointer = undefined;
    return pointer;
  }

  [Symbol.dispose](): void {
    const pointer = this.#pointer;
    if (pointer === undefined) return;
    this.#pointer = undefined;
    this.#destroy(pointer);
  }
}
