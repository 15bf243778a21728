// Modules whose exports can be worked out when the package is built, so that no start has to: checks that Ajv compiles, and the
// configuration's schema, of which a start needs the defaults alone.

import { createHash } from "node:crypto";

import { Ajv, type ValidateFunction } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Plugin } from "rolldown";

import { ajvOptions } from "../../src/config/ajv-options.ts";

const checks = /\/src\/\w+\/is-(?:config|change)\.ts$/;
const schemas = /\/src\/config\/schema(?:-\w+)?\.ts$/;

/** Puts their exports in these modules' place. The sources stay what is read, tested and type-checked. */
export const workedOut: Plugin = {
  name: "worked-out",
  async load(id) {
    if (checks.test(id)) return codeOf((await import(id)) as Record<string, ValidateFunction>);
    if (!schemas.test(id)) return null;
    const exports = (await import(id)) as Record<string, unknown>;
    // Some have functions: what schemas are made of, and what says how one was broken.
    return Object.values(exports).some((value) => typeof value === "function")
      ? null
      : dataOf(exports);
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
