/** A shared library that linprov calls can't be opened. */
export class LibraryMissing extends Error {
  override name = "LibraryMissing";
  /** The file names that were tried. */
  readonly tried: readonly string[];
  /** What a person can do about it. */
  readonly fix: string;

  /**
   * @param tried The file names that were tried.
   * @param fix What a person can do about it.
   * @param options `cause`: what the dynamic linker said.
   */
  constructor(tried: readonly string[], fix: string, options: { cause?: unknown } = {}) {
    const why = options.cause instanceof Error ? `: ${options.cause.message}` : "";
    super(`Could not open the library ${tried.join(" or ")}${why}`, options);
    this.tried = tried;
    this.fix = fix;
  }
}
