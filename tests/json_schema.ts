/**
 * Holds values against a JSON schema: as much of draft 2020-12 as
 * docs/events.schema.json uses, and strictly, so that a property which the
 * schema doesn't name is an error. tests/kernel/json_schema.py is the same for
 * guests.
 *
 * @module
 */

/** A schema, parsed. */
export type Schema = boolean | { readonly [keyword: string]: unknown };

type Many = Record<string, Schema>;

/**
 * Looks for what is wrong with a value.
 *
 * @param value The value, parsed.
 * @param schema The schema.
 * @returns What is wrong; empty when nothing is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const schema = { properties: { pid: { type: "integer" } }, required: ["pid"] };
 * assertEquals(violations({ pid: 1 }, schema), []);
 * assertEquals(violations({ pid: "1" }, schema), ["pid: not integer"]);
 * assertEquals(violations({}, schema), ["pid is missing"]);
 * assertEquals(violations({ pid: 1, uid: 0 }, schema), ["uid is not in the schema"]);
 * ```
 */
export function violations(value: unknown, schema: Schema): string[] {
  return new Validator(schema).strict(value, schema, "");
}

const KEYWORDS = new Set(
  ("$schema $defs $ref title description format type enum const pattern minimum items properties " +
    "required allOf anyOf if then else").split(" "),
);

class Validator {
  readonly #defs: Many;

  constructor(root: Schema) {
    this.#defs = typeof root === "object" ? (root.$defs ?? {}) as Many : {};
  }

  /** Checks, and minds properties that no part of the schema names. */
  strict(value: unknown, schema: Schema, at: string): string[] {
    if (typeof schema === "object" && schema.anyOf && schema.$defs) {
      // The whole schema: what comes nearest is what is meant.
      const branches = (schema.anyOf as Schema[]).map((each) => this.strict(value, each, at));
      return branches.sort((a, b) => a.length - b.length)[0]!;
    }
    const wrong = this.#check(value, schema, at);
    if (!isObject(value)) return wrong;
    const named = this.#named(schema);
    const extra = Object.keys(value).filter((name) => !named.has(name));
    return [...wrong, ...extra.map((name) => `${join(at, name)} is not in the schema`)];
  }

  #check(value: unknown, schema: Schema, at: string): string[] {
    if (typeof schema === "boolean") return schema ? [] : [`${at} may not be there`];
    const unknown = Object.keys(schema).find((keyword) => !KEYWORDS.has(keyword));
    if (unknown) throw new TypeError(`Cannot check the keyword ${unknown}`);
    const { type, pattern, minimum, items, properties, required, allOf, anyOf } = schema;
    const wrong: string[] = [];
    const types = [type ?? []].flat() as string[];
    if (types.length > 0 && !types.some((each) => isType(value, each))) {
      return [`${at}: not ${types.join(" or ")}`];
    }
    if ("const" in schema && value !== schema.const) wrong.push(`${at}: not ${schema.const}`);
    if (schema.enum && !(schema.enum as unknown[]).includes(value)) {
      wrong.push(`${at}: not one of ${schema.enum}`);
    }
    if (pattern && typeof value === "string" && !new RegExp(pattern as string, "u").test(value)) {
      wrong.push(`${at}: ${JSON.stringify(value)} does not match ${pattern}`);
    }
    if (minimum !== undefined && typeof value === "number" && value < (minimum as number)) {
      wrong.push(`${at}: less than ${minimum}`);
    }
    if (items && Array.isArray(value)) {
      value.forEach((each, i) => wrong.push(...this.strict(each, items as Schema, `${at}[${i}]`)));
    }
    if (isObject(value)) {
      for (const name of (required ?? []) as string[]) {
        if (!Object.hasOwn(value, name)) wrong.push(`${join(at, name)} is missing`);
      }
      for (const [name, part] of Object.entries((properties ?? {}) as Many)) {
        if (Object.hasOwn(value, name)) {
          wrong.push(...this.#part(value[name], part, join(at, name)));
        }
      }
    }
    if (schema.$ref) wrong.push(...this.#check(value, this.#resolve(schema.$ref), at));
    for (const part of (allOf ?? []) as Schema[]) wrong.push(...this.#check(value, part, at));
    if (anyOf) {
      const branches = (anyOf as Schema[]).map((part) => this.#check(value, part, at));
      if (!branches.some((branch) => branch.length === 0)) wrong.push(...branches[0]!);
    }
    if (schema.if !== undefined) {
      const holds = this.#check(value, schema.if as Schema, at).length === 0;
      const then = (holds ? schema.then : schema.else) as Schema | undefined;
      if (then !== undefined) wrong.push(...this.#check(value, then, at));
    }
    return wrong;
  }

  /** An object of its own is checked strictly; a bare condition on a value isn't one. */
  #part(value: unknown, schema: Schema, at: string): string[] {
    return this.#named(schema).size > 0
      ? this.strict(value, schema, at)
      : this.#check(value, schema, at);
  }

  #named(schema: Schema): Set<string> {
    if (typeof schema === "boolean") return new Set();
    const parts = [...(schema.allOf ?? []) as Schema[], ...(schema.anyOf ?? []) as Schema[]];
    if (schema.$ref) parts.push(this.#resolve(schema.$ref));
    return new Set([
      ...Object.keys((schema.properties ?? {}) as Many),
      ...parts.flatMap((part) => [...this.#named(part)]),
    ]);
  }

  #resolve(ref: unknown): Schema {
    const name = String(ref).replace("#/$defs/", "");
    const found = this.#defs[name];
    if (found === undefined) throw new TypeError(`Cannot find ${ref}`);
    return found;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isType(value: unknown, type: string): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
    default:
      return typeof value === "number";
  }
}

function join(at: string, name: string): string {
  return at === "" ? name : `${at}.${name}`;
}
