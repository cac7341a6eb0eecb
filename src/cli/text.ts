/**
 * Text in columns.
 *
 * @module
 */

/**
 * Breaks a paragraph into lines.
 *
 * @param text Words with blanks between them.
 * @param width The most columns a line may have; a longer word stands alone.
 * @returns The lines.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(wrap("one two three", 7), ["one two", "three"]);
 * ```
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += line === "" ? word : ` ${word}`;
    }
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** A row of {@linkcode table}. */
export interface Row {
  /** The left column. */
  term: string;
  /** The right column, wrapped. */
  text: string;
}

/**
 * Sets terms and their explanations in two columns. A term too long for its
 * column gets a line of its own.
 *
 * @param rows The terms.
 * @param options The whole width, the indentation, the widest left column, and
 * how a term is made to stand out.
 * @returns Lines without a line break.
 */
export function table(
  rows: readonly Row[],
  options: { columns: number; indent: number; widest: number; mark?: (term: string) => string },
): string[] {
  const { columns, indent, widest, mark = (term: string) => term } = options;
  const fitting = rows.map((row) => row.term.length).filter((length) => length <= widest);
  const left = Math.max(0, ...fitting) + 2;
  const margin = " ".repeat(indent);
  return rows.flatMap(({ term, text }) => {
    const lines = wrap(text, Math.max(20, columns - indent - left));
    const blank = margin + " ".repeat(left);
    const own = term.length > widest;
    const head = own || lines.length === 0
      ? [margin + mark(term)]
      : [margin + mark(term) + " ".repeat(left - term.length) + lines.shift()];
    return [...head, ...lines.map((line) => blank + line)];
  });
}
