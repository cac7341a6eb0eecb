import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Proposal } from "../daemon/soak.ts";
import { propose } from "./soak.ts";

function printed(proposals: Proposal[], unnamed = 0, output?: string): string {
  let text = "";
  const out = {
    print: (part: string) => text += part,
    warn: () => {},
    columns: 80,
    colors: false,
  };
  propose(
    out,
    { proposals: () => proposals, unnamed },
    { allowlist: "/etc/linprov/allowlist" },
    output,
  );
  return text;
}

Deno.test("soak ends with the rules, the broad ones pointed out, and what to do next", () => {
  const text = printed(
    [
      { hits: 120, rule: "creator_process=/usr/bin/curl" },
      { hits: 1, rule: "target_filename=/opt/app/run;creator_process=/usr/bin/apt" },
    ],
    0,
    "proposed",
  );
  assertEquals(
    text,
    `hits  proposed rule
 120  creator_process=/usr/bin/curl
   1  target_filename=/opt/app/run;creator_process=/usr/bin/apt

look at creator_process=/usr/bin/curl
  the rule allows everything with that creator_process, whatever it is and wherever it lies
  add target_folder, landing_folder or another condition on the file itself

to enforce them, once you have looked through them:
  linprov check proposed
  cat proposed >> /etc/linprov/allowlist
  linprov run --mode enforce --try 10m
`,
  );
});

Deno.test("soak says what no rule can permit, and that there was nothing", () => {
  assertEquals(printed([]), "Nothing marked was run that the allowlist doesn't permit already.\n");
  const text = printed([], 2);
  assertStringIncludes(text, "no rule is possible for 2 executions without a file");
  assertEquals(text.includes("Nothing marked"), false);
});
