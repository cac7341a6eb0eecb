import { assertEquals } from "@std/assert";
import { didYouMean, suggest } from "./suggest.ts";

const KNOWN = ["target_filename", "target_folder", "creator_uid", "comm", "uid", "mode"];

Deno.test("suggest() finds the nearest name", () => {
  assertEquals(suggest("target_filname", KNOWN), "target_filename");
  assertEquals(suggest("target_foldr", KNOWN), "target_folder");
  assertEquals(suggest("com", KNOWN), "comm");
  assertEquals(suggest("MODE", KNOWN), "mode");
  assertEquals(suggest("creator-uid", KNOWN), "creator_uid");
});

Deno.test("suggest() keeps silent when nothing is near", () => {
  assertEquals(suggest("password", KNOWN), undefined);
  assertEquals(suggest("x", KNOWN), undefined);
  assertEquals(suggest("", KNOWN), undefined);
  assertEquals(suggest("mode", []), undefined);
});

Deno.test("suggest() takes the first of equally near names", () => {
  assertEquals(suggest("cat", ["car", "cap"]), "car");
});

Deno.test("didYouMean() words the suggestion", () => {
  assertEquals(didYouMean("comn", KNOWN), 'did you mean "comm"?');
  assertEquals(didYouMean("nothing-like-it", KNOWN), undefined);
});
