/**
 * Other programs.
 *
 * @module
 */

/** What a program said. */
export interface Answer {
  code: number;
  out: string;
  err: string;
}

/** Starts a program and waits for it; undefined when there is no such program. */
export type Run = (command: string, args: readonly string[]) => Promise<Answer | undefined>;

/**
 * Starts a program without input and collects what it prints. A full path goes
 * by way of env(1), see scripts/permissions.ts.
 */
export const output: Run = async (command, args) => {
  const done = await started(() => new Deno.Command(...through(command, args)).output());
  if (!done) return undefined;
  const decoder = new TextDecoder();
  return { code: done.code, out: decoder.decode(done.stdout), err: decoder.decode(done.stderr) };
};

/**
 * Starts a program that prints to this one's standard output and error.
 *
 * @param command The program.
 * @param args Its arguments.
 * @returns Its exit code, undefined when there is no such program.
 */
export async function passThrough(
  command: string,
  args: readonly string[],
): Promise<number | undefined> {
  const [program, options] = through(command, args);
  const child = new Deno.Command(program, { ...options, stdout: "inherit", stderr: "inherit" });
  const done = await started(() => child.spawn().status);
  return done?.code;
}

function through(command: string, args: readonly string[]): [string, Deno.CommandOptions] {
  const env = { LC_ALL: "C" };
  if (!command.startsWith("/")) return [command, { args: [...args], stdin: "null", env }];
  return ["env", { args: [command, ...args], stdin: "null", env }];
}

async function started<T>(start: () => Promise<T>): Promise<T | undefined> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
