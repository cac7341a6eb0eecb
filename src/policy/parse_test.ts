import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cpuTimer } from "../_cpu_time.ts";
import { anyBytes } from "./_arbitraries.ts";
import { byteStringToBytes } from "./bytes.ts";
import { LINE_MAX, parseAllowlist, type ParseOptions } from "./parse.ts";
import type { Conditions } from "./rule.ts";

/** Reads a text given as a byte string. */
function parse(text: string, options?: ParseOptions) {
  return parseAllowlist(byteStringToBytes(text), options);
}

/** The conditions of the only line of a text without errors. */
function one(text: string): Conditions {
  const { rules, errors } = parse(text);
  assertEquals(errors, []);
  assertEquals(rules.length, 1);
  return rules[0]!.when;
}

/** The errors of a text as `LINE:COLUMN MESSAGE` and, behind a bar, the hint. */
function errors(text: string, options?: ParseOptions): string[] {
  return parse(text, options).errors.map((error) =>
    `${error.line}:${error.column} ${error.message}` + (error.hint ? ` | ${error.hint}` : "")
  );
}

Deno.test("parseAllowlist() reads every dimension", () => {
  const digest = "0123456789abcdefABCDEF".padEnd(64, "0");
  assertEquals(
    one(
      "target_filename=/usr/bin/foo;target_folder=/opt/app/;landing_filename=x.sh;" +
        "landing_folder=/home/u/Downloads/*;creator_process=/usr/bin/curl;creator_comm=curl;" +
        "creator_uid=1000;writer_process=/usr/bin/dpkg;writer_uid=0;origin_zone=lan;" +
        `sha256=${digest};execution_uid=4294967294`,
    ),
    {
      target_filename: "/usr/bin/foo",
      target_folder: { path: "/opt/app/", recursive: false },
      landing_filename: "x.sh",
      landing_folder: { path: "/home/u/Downloads/", recursive: true },
      creator_process: "/usr/bin/curl",
      creator_comm: "curl",
      creator_uid: 1000,
      writer_process: "/usr/bin/dpkg",
      writer_uid: 0,
      origin_zone: "lan",
      sha256: digest.toLowerCase(),
      execution_uid: 4294967294,
    },
  );
});

Deno.test("parseAllowlist() numbers rules and lines and skips the rest", () => {
  const { rules, errors, warnings } = parse(
    "\xef\xbb\xbf# head\r\n\r\n \t\ncreator_uid=1\r\n  # more\ndeny creator_uid=2\n\ncreator_uid=3",
  );
  assertEquals([errors, warnings], [[], []]);
  assertEquals(rules, [
    { number: 1, line: 4, deny: false, when: { creator_uid: 1 } },
    { number: 2, line: 6, deny: true, when: { creator_uid: 2 } },
    { number: 3, line: 8, deny: false, when: { creator_uid: 3 } },
  ]);
});

Deno.test("parseAllowlist() takes an empty file", () => {
  for (const text of ["", "\n", "\r\n", "\xef\xbb\xbf", "#"]) {
    assertEquals(parse(text), { rules: [], errors: [], warnings: [] });
  }
});

Deno.test("parseAllowlist() tolerates blanks around everything", () => {
  assertEquals(one(" \tcreator_comm = curl\t; creator_uid\t=\t1  "), {
    creator_comm: "curl",
    creator_uid: 1,
  });
  assertEquals(one("\tdeny\tcreator_uid=1").creator_uid, 1);
});

Deno.test("parseAllowlist() resolves the escapes of quoted values", () => {
  assertEquals(
    one('target_filename="/a b;c#d\\n\\t\\"\\\\\\xfF\\x2a=\t\xc3"').target_filename,
    '/a b;c#d\n\t"\\\xff*=\t\xc3',
  );
  assertEquals(one('creator_comm=""').creator_comm, "");
  assertEquals(one('creator_uid="7";origin_zone="lan"'), { creator_uid: 7, origin_zone: "lan" });
});

Deno.test("parseAllowlist() ends a bare value at a blank, a semicolon or a number sign", () => {
  assertEquals(one("target_filename=/a=b # c").target_filename, "/a=b");
  assertEquals(one("target_filename=/\xff\xfe;creator_uid=1").target_filename, "/\xff\xfe");
  assertEquals(one("target_filename=/a#c").target_filename, "/a");
});

Deno.test("parseAllowlist() warns of a comment that touches a bare value", () => {
  assertEquals(parse("target_filename=/a#c").warnings.map((w) => [w.line, w.column]), [[1, 19]]);
  assertEquals(parse('target_filename="/a"#c').warnings, []);
  assertEquals(parse("target_filename=/a #c").warnings, []);
});

Deno.test("parseAllowlist() reads wildcards at the end of folders, quoted or not", () => {
  assertEquals(one("target_folder=/*").target_folder, { path: "/", recursive: true });
  assertEquals(one('target_folder="/a b/*"').target_folder, { path: "/a b/", recursive: true });
  assertEquals(one('target_folder="/a/\\x2a/"').target_folder, { path: "/a/*/", recursive: false });
  assertEquals(one('target_folder="/\\x2a/*"').target_folder, { path: "/*/", recursive: true });
  assertEquals(one('landing_filename="\\x2a"').landing_filename, "*");
});

Deno.test("parseAllowlist() refuses wildcards anywhere else", () => {
  const hint = ' | for a name that has an asterisk write "\\x2a" in double quotes';
  assertEquals(errors("target_folder=/a/*/b/\ntarget_folder=/*/*"), [
    "1:18 only a final /* is a wildcard" + hint,
    "2:16 only a final /* is a wildcard" + hint,
  ]);
  assertEquals(errors('target_folder="/a*"'), ["1:18 only a final /* is a wildcard" + hint]);
  assertEquals(errors('target_folder="/a\\x0a/**"'), [
    "1:23 only a final /* is a wildcard" + hint,
  ]);
  assertEquals(errors("target_filename=/opt/*;creator_comm=c*"), [
    "1:22 target_filename takes no wildcard" + hint,
    "1:38 creator_comm takes no wildcard" + hint,
  ]);
  // Escaped, it is a name like any other, and then the slash is missing.
  assertEquals(errors('target_folder="/a/\\x2a"'), [
    '1:15 target_folder needs a folder, and "/a/\\x2a" has no slash at its end | ' +
    'write "/a/\\x2a/" for what lies directly in it, "/a/\\x2a/*" for any depth',
  ]);
});

Deno.test("parseAllowlist() checks paths", () => {
  const normal = "write the path as the kernel knows it: realpath FILE prints it";
  const odd = 'has an empty, "." or ".." component | ' + normal;
  assertEquals(errors("target_filename=bin/x"), [
    '1:17 target_filename needs an absolute path, not "bin/x"',
  ]);
  assertEquals(errors("target_filename=/a//b"), [`1:17 "/a//b" ${odd}`]);
  assertEquals(errors("target_filename=/a/./b"), [`1:17 "/a/./b" ${odd}`]);
  assertEquals(errors("creator_process=/a/.."), [`1:17 "/a/.." ${odd}`]);
  assertEquals(errors("target_folder=//"), [`1:15 "//" ${odd}`]);
  assertEquals(errors("target_folder=/a/../*"), [`1:15 "/a/../" ${odd}`]);
  assertEquals(errors("target_filename=/a/..b/.c/..."), []);
  assertEquals(errors("target_filename=/a/"), [
    '1:17 target_filename needs a file, not the folder "/a/" | write target_folder=/a/',
  ]);
  assertEquals(errors("creator_process=/"), [
    '1:17 creator_process needs a file, not the folder "/"',
  ]);
  assertEquals(errors("target_folder=/opt/app"), [
    '1:15 target_folder needs a folder, and "/opt/app" has no slash at its end | ' +
    "write /opt/app/ for what lies directly in it, /opt/app/* for any depth",
  ]);
  assertEquals(errors('target_filename="/a\\x00b"'), [
    "1:17 target_filename can't hold a NUL byte",
  ]);
  assertEquals(errors('target_folder=""'), ["1:15 target_folder can't be empty"]);
});

Deno.test("parseAllowlist() checks base names and process names", () => {
  assertEquals(errors("landing_filename=/tmp/x"), [
    '1:18 landing_filename needs a name without folders, not "/tmp/x" | ' +
    "the folder goes into landing_folder=",
  ]);
  assertEquals(errors("landing_filename=.."), [
    '1:18 landing_filename needs a name without folders, not ".."',
  ]);
  assertEquals(errors("creator_comm=NetworkManager-d"), [
    '1:14 "NetworkManager-d" has 16 bytes, and the kernel cuts comm to 15 | ' +
    "write creator_comm=NetworkManager-",
  ]);
  assertEquals(one("creator_comm=kworker/0:1H+ev").creator_comm, "kworker/0:1H+ev");
  assertEquals(errors('creator_comm="\\x00"'), ["1:14 creator_comm can't hold a NUL byte"]);
});

Deno.test("parseAllowlist() checks user numbers", () => {
  for (const bad of ["-1", "01", "1.0", "4294967295", "99999999999", "0x1"]) {
    assertEquals(errors(`creator_uid=${bad}`), [
      `1:13 creator_uid needs a user number from 0 to 4294967294, not "${bad}"`,
    ]);
  }
  assertEquals(errors("execution_uid=www-data"), [
    '1:15 execution_uid needs a user number from 0 to 4294967294, not "www-data" | ' +
    "id -u NAME prints the number of a user",
  ]);
});

Deno.test("parseAllowlist() checks zones, also against those that exist", () => {
  assertEquals(errors("origin_zone=Lan"), [
    `1:13 "Lan" can't be the name of a zone | ` +
    'a name is a lower-case letter, then lower-case letters, digits, "_" and "-"',
  ]);
  assertEquals(errors("origin_zone=offce", { zones: ["lan", "office"] }), [
    '1:13 unknown zone "offce" | did you mean "office"?',
  ]);
  assertEquals(errors("origin_zone=x", { zones: ["lan", "office"] }), [
    '1:13 unknown zone "x" | known are lan, office',
  ]);
  assertEquals(errors("origin_zone=office", { zones: ["office"] }), []);
});

Deno.test("parseAllowlist() checks digests", () => {
  assertEquals(errors("sha256=abc"), [
    '1:8 sha256 needs 64 hex digits, not "abc" | sha256sum FILE prints them',
  ]);
  assertEquals(errors(`sha256=${"g".repeat(64)}`).length, 1);
});

Deno.test("parseAllowlist() names unknown and repeated dimensions", () => {
  assertEquals(errors("target_flder=/x/;creator_uid=1;creator_uid=2;comm=x"), [
    '1:1 unknown dimension "target_flder" | did you mean "target_folder"?',
    "1:32 creator_uid stands twice in the rule",
    '1:46 unknown dimension "comm" | write "creator_comm"',
  ]);
  assertEquals(errors("constructor=1"), ['1:1 unknown dimension "constructor"']);
});

Deno.test("parseAllowlist() refuses rules without conditions and dangling separators", () => {
  assertEquals(errors("deny\ndeny # x\n;\n=x"), [
    "1:5 the rule has no condition",
    "2:6 the rule has no condition",
    "3:1 the rule has no condition",
    '4:1 a dimension is missing before "=x"',
  ]);
  assertEquals(errors("creator_uid=1;\ncreator_uid=1;;creator_comm=x\ncreator_uid=1; # x"), [
    '1:15 a condition is missing at ";"',
    '2:15 a condition is missing at ";"',
    '3:16 a condition is missing at ";"',
  ]);
  assertEquals(errors("creator_uid=;creator_comm=x"), ["1:13 a value is missing"]);
  assertEquals(errors("creator_uid"), ['1:12 "=" is missing behind "creator_uid"']);
});

Deno.test("parseAllowlist() explains words before the first condition", () => {
  assertEquals(errors("allow creator_uid=1\nDeny creator_uid=1\ndenycreator_uid=1"), [
    '1:7 "=" is missing behind "allow" | a line allows unless it begins with "deny "',
    '2:6 "=" is missing behind "Deny" | did you mean "deny"?',
    '3:1 unknown dimension "denycreator_uid" | did you mean "creator_uid"?',
  ]);
});

Deno.test("parseAllowlist() refuses what a bare value can't hold", () => {
  assertEquals(errors("target_filename=/My\\ Files"), [
    '1:20 a backslash in a bare value | put the value in double quotes: "\\\\"',
  ]);
  assertEquals(errors('target_filename=/a"b"'), [
    '1:19 a double quote in a bare value | put it in double quotes: "\\""',
  ]);
  assertEquals(errors("target_filename=/a\x01"), [
    '1:19 a control byte 0x01 in a value | write "\\x01" in double quotes',
  ]);
  assertEquals(errors("target_filename=/a\x7f").length, 1);
  assertEquals(errors("target_filename=/a\rb"), [
    '1:19 a control byte 0x0d in a value | write "\\x0d" in double quotes',
  ]);
  assertEquals(errors("target_filename=/My Files;creator_uid=1"), [
    '1:21 unexpected "Files;creator_uid=1" behind a value | ' +
    'conditions have ";" between them, and a value with blanks needs double quotes',
  ]);
});

Deno.test("parseAllowlist() refuses broken quotes", () => {
  assertEquals(errors('target_filename="/a\ncreator_uid=1'), [
    "1:17 a double quote that is never closed",
  ]);
  assertEquals(errors('target_filename="/a\\'), [
    '1:20 unknown escape "\\\\" | known are \\n \\t \\" \\\\ and \\xHH',
  ]);
  assertEquals(errors('target_filename="/\\q"'), [
    '1:19 unknown escape "\\\\q" | known are \\n \\t \\" \\\\ and \\xHH',
  ]);
  assertEquals(errors('target_filename="/\\xg0"').length, 1);
  assertEquals(errors('target_filename="/a\x02"'), [
    '1:20 a control byte 0x02 in a value | write "\\x02" in double quotes',
  ]);
  assertEquals(errors('target_filename="/a"b').length, 1);
});

Deno.test("parseAllowlist() reads expiry, reason and author from the comment", () => {
  const note = (comment: string) => {
    const { rules: [rule], errors } = parse(`creator_uid=1 ${comment}`);
    assertEquals(errors, []);
    return [rule!.expires, rule!.reason, rule!.by];
  };
  assertEquals(note("# expires=2026-12-31 reason=ticket by=root"), [
    "2026-12-31",
    "ticket",
    "root",
  ]);
  assertEquals(note("#by=Jane Doe reason=needed for CI  expires=2026-12-31 see wiki"), [
    "2026-12-31",
    "needed for CI",
    "Jane Doe",
  ]);
  assertEquals(note('# reason="by=x # \\"y\\"" by=z'), [undefined, 'by=x # "y"', "z"]);
  assertEquals(note("# just words; goodby=1"), [undefined, undefined, undefined]);
  assertEquals(note("# reason= by="), [undefined, undefined, undefined]);
  assertEquals(note('# reason=""'), [undefined, "", undefined]);
});

Deno.test("parseAllowlist() refuses a date that is none", () => {
  const hint = " | write it as YYYY-MM-DD; the rule holds to the end of that day in UTC";
  assertEquals(errors("creator_uid=1 # expires=2026-02-30"), [
    '1:25 expires= needs a day, not "2026-02-30"' + hint,
  ]);
  assertEquals(errors("creator_uid=1 # expires="), ['1:25 expires= needs a day, not ""' + hint]);
  assertEquals(errors("creator_uid=1 # expires=2026-01-01 expires=2027-01-01"), [
    "1:36 expires= stands twice in the comment",
  ]);
  assertEquals(errors('creator_uid=1 # reason="x'), ["1:24 a double quote that is never closed"]);
  assertEquals(errors("# expires=never"), []);
});

Deno.test("parseAllowlist() warns of an end that it didn't understand", () => {
  for (const comment of ["Expires=2026-01-01", "expires: 2026-01-01", "expiry=2026", "expired 1"]) {
    const { warnings, errors } = parse(`creator_uid=1 # ${comment}`);
    assertEquals(errors, []);
    assertEquals(warnings.map((w) => [w.column, w.hint]), [[17, "write # expires=YYYY-MM-DD"]]);
  }
  assertEquals(parse("creator_uid=1 # expires=2026-01-01, it expires 2026").errors.length, 1);
  assertEquals(parse("creator_uid=1 # never expires").warnings, []);
});

Deno.test("parseAllowlist() refuses lines that are too long and reads on", () => {
  const long = "#".repeat(LINE_MAX);
  const { rules, errors: found } = parse(`${long}\r\n${long}#\ncreator_uid=1\n`);
  assertEquals(found, [{
    line: 2,
    column: 65_537,
    message: "the line has 65537 bytes, and 65536 is the most",
  }]);
  assertEquals(rules.length, 1);
});

Deno.test("parseAllowlist() collects the errors of all lines and all conditions", () => {
  const found = errors("creator_uid=x;origin_zone=X\ncreator_uid=1\nsha256=1;creator_comm=\\\n");
  assertEquals(found.map((text) => text.split(" ")[0]), ["1:13", "1:27", "3:8", "3:23"]);
});

Deno.test("parseAllowlist() tells positions when asked", () => {
  const { rules } = parse('  deny creator_comm="a b" ;creator_uid=1', { positions: true });
  assertEquals(rules[0]!.columns, { creator_comm: 8, creator_uid: 28 });
});

Deno.test("parseAllowlist() never throws, and every finding has a place", () => {
  const piece = fc.oneof(
    anyBytes,
    fc.constantFrom("deny ", "creator_uid=", "target_folder=", "creator_comm", ";", " # expires="),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join("");
      const lines = text.split("\n");
      const { errors, warnings } = parse(text);
      for (const { line, column, message } of [...errors, ...warnings]) {
        assert(column >= 1 && column <= lines[line - 1]!.length + 1);
        assert(message.length > 0 && !/[\p{C}]|\.$/u.test(message), message);
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("parseAllowlist() reads 100,000 rules in about half a second", () => {
  let text = "";
  for (let i = 0; i < 100_000; i++) {
    text += `target_filename=/opt/app${i % 100}/bin/tool${i};creator_process=/usr/bin/curl\n`;
  }
  const elapsed = cpuTimer();
  const { rules, errors } = parse(text);
  const took = elapsed();
  assertEquals([rules.length, errors.length], [100_000, 0]);
  assert(took < 2000, `took ${took} ms`);
});
