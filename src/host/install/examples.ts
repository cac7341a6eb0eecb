/**
 * Allowlists to begin with, for different kinds of machines.
 *
 * @module
 */

import ci from "./examples/ci.allow" with { type: "bytes" };
import developer from "./examples/developer.allow" with { type: "bytes" };
import server from "./examples/server.allow" with { type: "bytes" };
import workstation from "./examples/workstation.allow" with { type: "bytes" };
import { EXAMPLE_NAMES, type ExampleName } from "./example_names.ts";

export { EXAMPLE_NAMES, type ExampleName };

const TEXTS: Readonly<Record<ExampleName, Uint8Array>> = { workstation, developer, ci, server };

/**
 * The rules of an example, for behind those for the package manager.
 *
 * @param name Its name.
 * @returns Its text.
 */
export function exampleText(name: ExampleName): string {
  return new TextDecoder().decode(TEXTS[name]);
}

/**
 * Whether there is such an example.
 *
 * @param name A name.
 * @returns True for those of {@linkcode EXAMPLE_NAMES}.
 */
export function isExample(name: string): name is ExampleName {
  return Object.hasOwn(TEXTS, name);
}
