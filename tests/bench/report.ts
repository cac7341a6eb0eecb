/**
 * The pure part of the benchmark: the empty programs' text, reading measures, writing the tables.
 *
 * @module
 */

/** Instructions by operation. */
export type Measures = Map<string, number>;

/** Under what is measured, in the tables' order. */
export const WAYS = ["none", "empty", "linprov"] as const;

/** Sections of a BPF object that are programs attached to a hook of the kernel. */
const HOOK = /^(lsm|lsm\.s|fentry|fexit|fmod_ret|tp_btf|raw_tp|tp|tracepoint)\/(.+)$/;

/**
 * Writes an empty program for a hook.
 *
 * @param section name of a section in a BPF object
 * @returns the program's name and C text; undefined if the section is no hook
 */
export function emptyProgram(section: string): { name: string; source: string } | undefined {
  const [, kind, hook] = HOOK.exec(section) ?? [];
  if (!kind || !hook) return;
  // A hook costs once, whether its program may sleep or not.
  const name = `${kind.replace(/\W.*/, "")}_${hook.replaceAll(/\W/g, "_")}`;
  const source = `#define SEC(name) __attribute__((section(name), used))
SEC("${section}") int empty(void *ctx)
{
	return 0;
}
SEC("license") char _license[] = "GPL";
`;
  return { name, source };
}

/**
 * Reads what the guest measured.
 *
 * @param output its lines
 * @returns instructions by operation
 */
export function parseMeasures(output: readonly string[]): Measures {
  const measures: Measures = new Map();
  for (const line of output) {
    const [, name, value] = /^([\w+-]+) (\d+)$/.exec(line) ?? [];
    if (name) measures.set(name, Number(value));
  }
  return measures;
}

const INTRODUCTION = `# Benchmarks

Instructions that the guest executed for one operation, kernel and all, counted by QEMU
(\`-icount shift=0\`), so the figures repeat to 0.1 % on any machine. *No BPF* is the bare kernel,
*empty hooks* has an empty program on each hook linprov uses: what any program there costs. The
last two columns compare linprov in enforce, for unmarked files and processes, with that floor.
\`scripts/dev.sh bench --write\` writes this page.
`;

/**
 * Writes the page.
 *
 * @param kernels each kernel's measures by the way they were taken
 * @returns Markdown
 */
export function report(kernels: readonly (readonly [string, Record<string, Measures>])[]): string {
  const parts = [INTRODUCTION];
  for (const [name, ways] of kernels) {
    parts.push(`## Linux ${name}\n\n${table(ways)}`, rules(ways["linprov"]));
  }
  return parts.filter(Boolean).join("\n");
}

function table(ways: Record<string, Measures>): string {
  const rows = [
    "| operation | no BPF | empty hooks | linprov | more than the floor | ratio |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
  ];
  for (const [operation, none] of ways["none"] ?? []) {
    const empty = ways["empty"]?.get(operation) ?? NaN;
    const linprov = ways["linprov"]?.get(operation) ?? NaN;
    const more = linprov - empty;
    rows.push(
      `| ${operation} | ${grouped(none)} | ${grouped(empty)} | ${grouped(linprov)} | ` +
        `${more > 0 ? "+" : ""}${grouped(more)} | ${(linprov / empty).toFixed(3)} |`,
    );
  }
  return rows.join("\n") + "\n";
}

function rules(linprov: Measures | undefined): string {
  const few = linprov?.get("exec-marked-10-rules");
  const many = linprov?.get("exec-marked-100000-rules");
  if (!few || !many) return "";
  return `Executing a marked file: ${grouped(few)} under 10 rules, ${
    grouped(many)
  } under 100,000 ` +
    `(${(many / few).toFixed(3)} times).\n`;
}

function grouped(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en-US") : "?";
}
