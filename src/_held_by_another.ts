/**
 * Files that another process holds, for tests.
 *
 * @module
 */

import { assertEquals } from "@std/assert";

/**
 * Starts a process that holds a file until this is disposed of.
 *
 * @param path The file.
 * @param hold Perl that takes hold of it, open as F, or dies.
 */
export async function heldByAnother(path: string, hold: string): Promise<AsyncDisposable> {
  const script = `
    use Fcntl;
    open(F, "+<", $ARGV[0]) or die;
    ${hold}
    syswrite(STDOUT, "held");
    sysread(STDIN, $_, 1);`;
  const args = ["-e", script, path];
  const child = new Deno.Command("perl", { args, stdin: "piped", stdout: "piped" }).spawn();
  const said = child.stdout.getReader();
  assertEquals(new TextDecoder().decode((await said.read()).value), "held");
  return {
    async [Symbol.asyncDispose]() {
      await said.cancel();
      await child.stdin.close();
      assertEquals((await child.status).code, 0);
    },
  };
}
