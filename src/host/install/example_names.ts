/**
 * The names of the examples, without their texts, which a help doesn't need.
 *
 * @module
 */

/** Their names, as `setup --template` takes them. */
export const EXAMPLE_NAMES = ["workstation", "developer", "ci", "server"] as const;

/** The name of an example. */
export type ExampleName = typeof EXAMPLE_NAMES[number];
