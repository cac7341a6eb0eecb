import { assertEquals, assertThrows } from "@std/assert";
import { contradictions, parseCases, renderPage, type ThreatCase } from "./threat_cases.ts";

const KERNELS = ["6.1", "6.12"];
const CASES = `
["source/connect"]
case = "a program connects | and receives"
verdict = "covered"
how = "a hook"

["source/text"]
case = "text on a command line"
verdict = "undecidable"
how = "arguments carry no origin"
instead = "look first"

["file/token"]
case = "a forged token"
verdict = "covered"
how = "a keyed hash"
unit = "src/token_test.ts"
`;
const SCENARIOS = [
  { name: "10_download", cases: ["source/connect"], kernels: KERNELS },
  { name: "20_other", cases: [], kernels: KERNELS },
];
const PAGE = `# Title
<!-- cases: source -->
whatever
<!-- /cases -->
between
<!-- cases: file -->
<!-- /cases -->
end
`;

Deno.test("parseCases() reads the cases in their order", () => {
  const cases = parseCases(CASES);
  assertEquals(cases.map(({ id }) => id), ["source/connect", "source/text", "file/token"]);
  assertEquals(cases[1], {
    id: "source/text",
    text: "text on a command line",
    verdict: "undecidable",
    how: "arguments carry no origin",
    instead: "look first",
  });
});

Deno.test("parseCases() refuses what it doesn't understand", () => {
  const fields = 'case = "c"\nhow = "h"\n';
  for (
    const [text, why] of [
      [`["a/b"]\n${fields}`, "verdict undefined"],
      [`["a/b"]\n${fields}verdict = "fine"`, "verdict fine"],
      [`["a/b"]\n${fields}verdict = "partly"`, "instead"],
      [`["a/b"]\n${fields}verdict = "covered"\nhwo = "h"`, "key hwo"],
      [`["a/b"]\n${fields}verdict = ""`, "verdict ="],
      [`["a/b"]\nverdict = "covered"\nhow = "h"`, "`case`"],
      [`["ab"]\n${fields}verdict = "covered"`, "section/name"],
    ] as const
  ) {
    assertThrows(() => parseCases(text), SyntaxError, why);
  }
});

Deno.test("contradictions() finds nothing where all fits", () => {
  const cases = parseCases(CASES);
  assertEquals(contradictions({ cases, scenarios: SCENARIOS, kernels: KERNELS }), []);
});

Deno.test("contradictions() finds cases without a scenario, and scenarios without a case", () => {
  const scenarios = [{ name: "10_download", cases: ["source/conect"], kernels: KERNELS }];
  assertEquals(contradictions({ cases: parseCases(CASES), scenarios, kernels: KERNELS }), [
    "10_download names source/conect, which is no case",
    "source/connect is covered, but no scenario names it",
  ]);
  const cases: ThreatCase[] = [{ id: "source/connect", text: "c", verdict: "unshown", how: "h" }];
  assertEquals(contradictions({ cases, scenarios: SCENARIOS, kernels: KERNELS }), [
    "source/connect is shown, and says that it isn't",
  ]);
});

Deno.test("renderPage() writes each section's table between its markers", () => {
  const tables = { cases: parseCases(CASES), scenarios: SCENARIOS, kernels: KERNELS };
  const page = renderPage(PAGE, tables);
  assertEquals(
    page,
    `# Title
<!-- cases: source -->

| case | verdict | how, or what is missing | shown by | kernels |
| --- | --- | --- | --- | --- |
| a program connects \\| and receives | covered | a hook | \`10_download\` | all |
| text on a command line | can't be decided | arguments carry no origin. Instead: look first | – | – |

<!-- /cases -->
between
<!-- cases: file -->

| case | verdict | how, or what is missing | shown by | kernels |
| --- | --- | --- | --- | --- |
| a forged token | covered | a keyed hash | \`src/token_test.ts\` | none needed |

<!-- /cases -->
end
`,
  );
  assertEquals(renderPage(page, tables), page);
});

Deno.test("renderPage() names the kernels where not all show a case", () => {
  const scenarios = [
    { name: "10_download", cases: ["source/connect"], kernels: ["6.12"] },
    { name: "11_more", cases: ["source/connect"], kernels: ["6.12"] },
  ];
  const page = renderPage(PAGE, { cases: parseCases(CASES), scenarios, kernels: KERNELS });
  assertEquals(page.includes("| `10_download`, `11_more` | 6.12 |"), true);
});

Deno.test("renderPage() refuses a page that lacks a section, or has one too many", () => {
  const tables = { cases: parseCases(CASES), scenarios: SCENARIOS, kernels: KERNELS };
  const without = PAGE.replace("<!-- cases: file -->", "<!-- cases: source -->");
  assertThrows(() => renderPage(without, tables), SyntaxError, "source");
  assertThrows(() => renderPage("nothing", tables), SyntaxError, "source, file");
});
