/**
 * Running host programs for the lab.
 *
 * @module
 */

/** Options for {@linkcode run} and {@linkcode capture}. */
export interface RunOptions {
  /** Working directory. */
  cwd?: string;
  /** Variables added to the environment. */
  env?: Record<string, string>;
}

/**
 * Runs a program quietly.
 *
 * @param program its name or path
 * @param args its arguments
 * @param options where and how
 * @throws {Error} with the end of the program's output if it fails
 */
export async function run(program: string, args: string[], options: RunOptions = {}) {
  await capture(program, args, options);
}

/**
 * Runs a program and returns what it printed on standard output.
 *
 * @param program its name or path
 * @param args its arguments
 * @param options where and how
 * @returns standard output, decoded
 * @throws {Error} with the end of the program's output if it fails
 */
export async function capture(
  program: string,
  args: string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (code !== 0) {
    const said = (text + new TextDecoder().decode(stderr)).trim().split("\n").slice(-15);
    throw new Error(`Cannot run ${program} ${args.join(" ")}: exit ${code}\n${said.join("\n")}`);
  }
  return text;
}

/**
 * Runs a program as root, by way of sudo where this process isn't root.
 *
 * @param program its name or path
 * @param args its arguments
 * @param options where and how
 * @throws {Error} with the end of the program's output if it fails
 */
export async function runAsRoot(program: string, args: string[], options: RunOptions = {}) {
  if (Deno.uid() === 0) return await run(program, args, options);
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`);
  await run("sudo", ["-n", "env", ...variables, program, ...args], { ...options, env: {} });
}
