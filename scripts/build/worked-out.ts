// Modules whose exports can be worked out when the package is built, so that no start has to: checks that Ajv compiles, and the
// defaults that the configuration's schema declares.

import { createHash } from "node:crypto";

import { Ajv, type ValidateFunction } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Plugin } from "rolldown";

import { ajvOptions } from "../../src/config/ajv-options.ts";

/** Puts what these modules export in their place. The sources stay what is read, tested and type-checked. */
export const workedOut: Plugin = {
  name: "worked-out",
  async load(id) {
    if (/\/src\/\w+\/is-(?:config|change|fault)\.ts$/.test(id)) return codeOf(await import(id));
    return id.endsWith("/src/config/defaults.ts") ? dataOf(await import(id)) : null;
  },
};

/** The code that Ajv has compiled the checks to. */
function codeOf(exports: Readonly<Record<string, ValidateFunction>>): string {
  const ajv = new Ajv({ ...ajvOptions, inlineRefs: false, code: { source: true, esm: true } });
  for (const [name, { schema }] of Object.entries(exports))
    ajv.addSchema(inParts(schema as Schema), name);
  const names = Object.fromEntries(Object.keys(exports).map((name) => [name, name]));
  return standalone.default(ajv, names);
}

/** A schema as JSON. */
type Schema = Readonly<Record<string, unknown>>;

/**
 * The same schema, but with every object that it has inside as a definition, so that each becomes a function of its own: V8
 * compiles only those that a configuration has need of, and what stands in several places is there once.
 */
function inParts(schema: Schema): Schema {
  const definitions = new Map<string, Schema>();
  const part = (value: unknown): unknown => {
    // What is one of several is told of as it stands, and stays there.
    if (Array.isArray(value)) return value.map(copyOf);
    if (typeof value !== "object" || value === null) return value;
    const copy = copyOf(value) as Schema;
    if (copy["type"] !== "object" || copy["properties"] === undefined) return copy;
    const name = createHash("sha256").update(JSON.stringify(copy)).digest("hex").slice(0, 12);
    definitions.set(name, copy);
    return { $ref: `#/definitions/${name}` };
  };
  const copyOf = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, part(member)]))
      : value;
  return { ...(copyOf(schema) as Schema), definitions: Object.fromEntries(definitions) };
}

function dataOf(exports: Readonly<Record<string, unknown>>): string {
  return Object.entries(exports)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
    .join("\n");
}
