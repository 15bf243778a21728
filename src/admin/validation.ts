// Values of requests to the admin API, checked as a configuration is: unknown keys are refused, and what was probably meant is told.

import { Ajv } from "ajv";
import type { FastifySchemaCompiler, FastifySchema } from "fastify";

import { problemsOf } from "../config/schema-problems.ts";
import { RequestProblem } from "./problem.ts";

const strict = new Ajv({ allErrors: true, verbose: true, strict: false });
/** Of a URL everything is text. */
const coercing = new Ajv({
  allErrors: true,
  verbose: true,
  strict: false,
  coerceTypes: true,
  useDefaults: true,
});

/** Compiles the check of one part of a request. */
export const compileCheck: FastifySchemaCompiler<FastifySchema> = ({ schema, httpPart }) => {
  const isValid = (httpPart === "body" ? strict : coercing).compile(schema);
  return (value: unknown) => {
    if (isValid(value)) return { value };
    const [problem] = problemsOf(isValid.errors ?? []);
    return { error: new RequestProblem(400, problem ?? "the request is not valid") };
  };
};
