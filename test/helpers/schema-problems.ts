// Whether a value is what its schema says.

import { Ajv } from "ajv";

const ajv = new Ajv({ allErrors: true, strict: false });

/** What is wrong with the value, a line each; none if nothing. */
export function schemaProblems(schema: object, value: unknown): string[] {
  ajv.validate(schema, value);
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
