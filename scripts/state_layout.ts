/**
 * A name for the shape of everything that a BPF object keeps in its maps.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Btf, BtfType } from "../src/host/btf.ts";

/**
 * Two objects with the same name can take over each other's maps.
 *
 * @param btf The object's types.
 * @param more What else is part of it: the places of the global variables.
 * @returns Sixteen hexadecimal digits.
 */
export function stateLayout(btf: Btf, more: readonly string[]): string {
  const maps = [...btf.types("datasec")].filter(({ name }) => name === ".maps")
    .flatMap(({ places }) => places.map(({ type }) => mapText(btf, btf.type(type))));
  const text = [...maps.sort(), ...more].join("\n");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** A map's definition is a structure, whose members point at types that stand for numbers. */
function mapText(btf: Btf, map: BtfType): string {
  const definition = map.kind === "var" ? btf.resolve(map.type) : map;
  if (definition.kind !== "struct") return map.name;
  const members = definition.members.map(({ name, type }) => {
    const pointer = btf.resolve(type);
    return `${name}=${typeText(btf, pointer.kind === "ptr" ? pointer.type : type)}`;
  });
  return `${map.name}: ${members.join(" ")}`;
}

function typeText(btf: Btf, id: number): string {
  const type = btf.resolve(id);
  switch (type.kind) {
    case "int":
    case "enum":
    case "enum64":
      return `${type.kind}${type.size}`;
    case "array":
      return `${typeText(btf, type.type)}[${type.length}]`;
    case "struct":
    case "union": {
      const members = type.members.map(({ name, bitOffset, type }) =>
        `${name}@${bitOffset}:${typeText(btf, type)}`
      );
      return `${type.kind}${type.size}{${members.join(" ")}}`;
    }
    default:
      return type.kind;
  }
}
