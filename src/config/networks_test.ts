import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { networkKey, parseNetwork } from "./networks.ts";

Deno.test("parseNetwork() maps IPv4 into IPv6", () => {
  const network = parseNetwork("192.0.2.0/24");
  assertEquals(network.bytes.toHex(), "00000000000000000000ffffc0000200");
  assertEquals(network.prefix, 120);
  assertEquals(networkKey(network), networkKey(parseNetwork("::ffff:192.0.2.0/120")));
  assertEquals(parseNetwork("0.0.0.0/0").prefix, 96);
  assertEquals(parseNetwork("::/0").prefix, 0);
  assertEquals(parseNetwork("2001:DB8::/32").bytes.toHex(), "20010db8" + "0".repeat(24));
});

Deno.test("parseNetwork() refuses what is not one network", () => {
  const cases: [text: string, why: string][] = [
    ["", "is not a network"],
    ["office", "is not a network"],
    ["192.0.2/24", "is not a network"],
    ["010.0.0.0/8", "is not a network"],
    ["0x7f.0.0.0/8", "is not a network"],
    ["fe80::1%eth0/64", "is not a network"],
    ["192.0.2.1", 'has no prefix length, write "192.0.2.1/32"'],
    ["::1", 'has no prefix length, write "::1/128"'],
    ["192.0.2.0/33", 'has the prefix length "33", not 0 to 32'],
    ["192.0.2.0/024", 'has the prefix length "024"'],
    ["192.0.2.0/ 24", 'has the prefix length " 24"'],
    ["2001:db8::/129", 'has the prefix length "129", not 0 to 128'],
    ["192.0.2.7/24", '"192.0.2.0/24" is the whole network'],
    ["2001:db8::1/32", '"2001:db8::/32" is the whole network'],
  ];
  for (const [text, why] of cases) {
    const error = assertThrows(() => parseNetwork(text), SyntaxError);
    assertStringIncludes(error.message, why);
  }
});
