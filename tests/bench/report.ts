/**
 * The pure part of the benchmark: the empty programs' text, reading measures, writing the page.
 *
 * @module
 */

/** Instructions by operation. */
export type Measures = Map<string, number>;

/** Under what is measured, in the tables' order. */
export const WAYS = ["none", "empty", "linprov"] as const;

/** One of {@linkcode WAYS}. */
export type Way = typeof WAYS[number];

/** What was measured on one kernel. */
export interface KernelMeasures {
  /** What `uname -r` says in it. */
  release: string;
  /** The measures by the way they were taken. */
  ways: Partial<Record<Way, Measures>>;
}

/** How much more than the floor an operation may cost. */
interface Goal {
  /** Instructions, or a share of the floor. */
  most: number;
  share?: boolean;
}

/** An operation in a table; the key is what the guest calls it. */
interface Row {
  text: string;
  goal?: Goal;
}

/** Unmarked files, processes that are nothing to linprov. */
const CLEAN: Record<string, Row> = {
  "open": { text: "open to read, close", goal: { most: 120 } },
  "open-rw": { text: "open to write, close", goal: { most: 120 } },
  "pread": { text: "pread of 1 byte", goal: { most: 40 } },
  "pwrite": { text: "pwrite of 1 byte", goal: { most: 40 } },
  "exec": { text: "spawn, exec, wait", goal: { most: 0.01, share: true } },
  "exec-pipe": { text: "the same with a pipe as stdin", goal: { most: 0.01, share: true } },
  "fork": { text: "fork, exit, wait", goal: { most: 0.01, share: true } },
  "pipe": { text: "1 byte into a pipe and out of it" },
  "connect": { text: "connect, accept, close" },
  "recv-tcp-local": { text: "recv of 1 byte, TCP over loopback" },
  "recv-udp-local": { text: "recv of a datagram over loopback" },
};

/** Sources and marked files. */
const MARKED: Record<string, Row> = {
  "recv-tcp-remote": { text: "recv of 1 byte, TCP from a remote address" },
  "recv-udp-remote": { text: "recv of a datagram from a remote address" },
  "pwrite-source": { text: "pwrite of 1 byte by a source" },
  "pread-source": { text: "pread of 1 byte of a marked file" },
  "pread-interpreter": { text: "the same by an interpreter, as data" },
};

/** How much more an exec may cost under 100,000 rules. */
const MOST_BY_RULES = 1.1;

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

What linprov costs, in instructions executed for one operation, the kernel's included.

## How it is counted

In virtual machines, by QEMU without hardware acceleration: \`-icount shift=0,sleep=off\` makes the
guest's clock advance by a nanosecond an instruction, so a time measured in the guest is a number of
instructions. It doesn't depend on the machine or on what else that does, and repeats to 0.1 %. It
says nothing about caches and branch prediction. Each figure is the mean of the middle half of 32
rounds of 20 to 2,000 operations, without address space randomization.

- *No BPF* is the bare kernel.
- *Empty hooks*, the floor, has a program that does nothing on each hook linprov uses: what any
  program there would cost.
- *linprov* has linprov's programs in enforce mode, with the tables that the daemon fills. The daemon
  itself doesn't run: what it does is nothing that an operation waits for, and verdicts don't need it.

*More* and *ratio* compare linprov with the floor; the last column is the goal for that difference.

On 6.1 a program's look at a field of the kernel's takes some seven instructions, because the compiled
program checks the address first; later kernels know which pointers need no check. What every read and
write looks at are three fields each.

\`scripts/dev.sh bench\` counts and prints this page, \`scripts/dev.sh bench --write\` updates it,
\`--kernel 6.12\` counts on one kernel only. The operations are in \`tests/bench/ops.c\`.
`;

/**
 * Writes the page.
 *
 * @param kernels what was measured, by the kernels' names
 * @returns Markdown
 */
export function report(kernels: ReadonlyMap<string, KernelMeasures>): string {
  const parts = [INTRODUCTION];
  for (const [name, { release, ways }] of kernels) {
    parts.push(`## Linux ${name}\n`, `Measured on ${release}.\n`);
    parts.push("Unmarked files, processes that received nothing from a remote address:\n");
    parts.push(table(CLEAN, ways));
    parts.push("Marked files, and a process that received from a remote address (a source):\n");
    parts.push(table(MARKED, ways));
    parts.push(rules(ways.linprov));
  }
  return parts.filter(Boolean).join("\n");
}

/** Where the part of the page begins that `bench-rules` and a scenario are the source of. */
const LOADING = "\n## Loading rules\n";

/**
 * Keeps what the page says about loading rules, which is measured by other means.
 *
 * @param page the new page
 * @param before the page as it is
 * @returns Markdown
 */
export function withLoading(page: string, before: string): string {
  const at = before.indexOf(LOADING);
  return at < 0 ? page : page + before.slice(at);
}

function table(operations: Record<string, Row>, ways: KernelMeasures["ways"]): string {
  const rows = [
    "| operation | no BPF | empty hooks | linprov | more | ratio | goal |",
    "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
  ];
  for (const [operation, { text, goal }] of Object.entries(operations)) {
    const none = ways.none?.get(operation) ?? NaN;
    const empty = ways.empty?.get(operation) ?? NaN;
    const linprov = ways.linprov?.get(operation) ?? NaN;
    const more = linprov - empty;
    rows.push(
      `| ${text} | ${grouped(none)} | ${grouped(empty)} | ${grouped(linprov)} | ` +
        `${more > 0 ? "+" : ""}${grouped(more)} | ${(linprov / empty).toFixed(3)} | ` +
        `${goal ? judged(goal, more, empty) : ""} |`,
    );
  }
  return rows.join("\n") + "\n";
}

function judged({ most, share }: Goal, more: number, empty: number): string {
  const limit = share ? `≤ +${most * 100} %` : `≤ +${most}`;
  return `${limit}: ${more <= most * (share ? empty : 1) ? "met" : "missed"}`;
}

function rules(linprov: Measures | undefined): string {
  const few = linprov?.get("exec-marked-10-rules");
  const many = linprov?.get("exec-marked-100000-rules");
  if (!few || !many) return "";
  const ratio = many / few;
  return `Spawn, exec and wait of a marked program that one rule permits: ${grouped(few)} under ` +
    `10 rules, ${grouped(many)} under 100,000, ${ratio.toFixed(3)} times as much (goal ` +
    `≤ ${MOST_BY_RULES}: ${ratio <= MOST_BY_RULES ? "met" : "missed"}).\n`;
}

function grouped(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString("en-US") : "?";
}
