import { assertEquals } from "@std/assert";
import { isJournalStream, stderrIsJournal } from "./journal.ts";

Deno.test("isJournalStream() compares device and inode number", () => {
  assertEquals(isJournalStream("9:21537", { dev: 9, ino: 21537n }), true);
  assertEquals(isJournalStream("9:21537", { dev: 9, ino: 21538n }), false);
  assertEquals(isJournalStream("9:21537", { dev: 10, ino: 21537n }), false);
  // 8:1 as stat(2) writes it.
  assertEquals(isJournalStream("2049:5", { dev: 8 << 20 | 1, ino: 5n }), true);
});

Deno.test("isJournalStream() takes nonsense for no stream", () => {
  for (const text of [undefined, "", "9", "9:", ":9", "9:21537:", "nine:1"]) {
    assertEquals(isJournalStream(text, { dev: 9, ino: 21537n }), false, text);
  }
});

Deno.test("stderrIsJournal() is false for a stream that JOURNAL_STREAM doesn't name", () => {
  const before = Deno.env.get("JOURNAL_STREAM");
  Deno.env.set("JOURNAL_STREAM", "1:1");
  try {
    assertEquals(stderrIsJournal(), false);
  } finally {
    if (before === undefined) Deno.env.delete("JOURNAL_STREAM");
    else Deno.env.set("JOURNAL_STREAM", before);
  }
});
