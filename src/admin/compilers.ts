// What requests are checked with, and answers written by: as a configuration is, unknown keys are refused, and what was probably
// meant is told. Loaded with the first request that has a schema.

import serializers from "@fastify/fast-json-stringify-compiler";
import { Ajv } from "ajv";
import type { FastifySchema, FastifySchemaCompiler } from "fastify";

import { ajvOptions } from "../config/ajv-options.ts";
import { problemsOf } from "../config/schema-problems.ts";
import { RequestProblem } from "./problem.ts";

const strict = new Ajv(ajvOptions);
/** Of a URL everything is text. */
const coercing = new Ajv({ ...ajvOptions, coerceTypes: true, useDefaults: true });

/** Compiles the check of one part of a request. */
export const compileCheck: FastifySchemaCompiler<FastifySchema> = ({ schema, httpPart }) => {
  const isValid = (httpPart === "body" ? strict : coercing).compile(schema);
  return (value: unknown) => {
    if (isValid(value)) return { value };
    const [problem] = problemsOf(isValid.errors ?? []);
    return { error: new RequestProblem(400, problem ?? "the request is not valid") };
  };
};

/** Compiles what writes an answer; what its schema does not declare is left out. */
export const compileSerializer = serializers()({}, {});
