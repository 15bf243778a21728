// What Ajv says of a value that breaks a schema, in words for people: where, which rule, what was found, what was probably meant.

import type { ErrorObject } from "ajv";
import { closest } from "fastest-levenshtein";

import { type ConfigProblem, show } from "./config-error.ts";

/** A problem, and the way to its place step by step. */
export interface SchemaProblem extends ConfigProblem {
  readonly steps: readonly (string | number)[];
}

/** Ajv's errors, one for each place: of a union's errors the one that says most. */
export function problemsOf(errors: readonly ErrorObject[]): SchemaProblem[] {
  const unions = new Set(
    errors.filter((error) => error.keyword === "anyOf").map((error) => error.instancePath),
  );
  const constants = new Set(
    errors.filter((error) => error.keyword === "const").map((error) => error.instancePath),
  );
  const problems = new Map<string, SchemaProblem>();
  for (const error of errors) {
    if (unions.has(error.instancePath) && error.keyword !== "anyOf") continue;
    if (constants.has(error.instancePath) && error.keyword === "type") continue;
    const steps = stepsOf(error.instancePath);
    const problem =
      error.keyword === "additionalProperties"
        ? unknownKey(error, steps)
        : brokenRule(error, steps);
    problems.set(`${problem.path} ${problem.rule}`, problem);
  }
  return [...problems.values()];
}

function unknownKey(error: ErrorObject, steps: readonly (string | number)[]): SchemaProblem {
  const key = String((error.params as { additionalProperty: unknown }).additionalProperty);
  const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
  const path = [...steps, key];
  const value: unknown = (error.data as Record<string, unknown>)[key];
  return {
    steps: path,
    path: pathOf(path),
    rule: "is not a known key",
    found: show(value),
    ...(known.length > 0 && { nearest: closest(key, known) }),
  };
}

function brokenRule(error: ErrorObject, steps: readonly (string | number)[]): SchemaProblem {
  const nearest = nearestChoice(error);
  return {
    steps,
    path: pathOf(steps),
    rule: ruleOf(error),
    found: show(error.data),
    ...(nearest !== null && { nearest }),
  };
}

/** Of several words the one that is most like what was found; null if there is no such choice, or no word was found. */
function nearestChoice({ keyword, schema, data }: ErrorObject): string | null {
  if ((keyword !== "anyOf" && keyword !== "enum") || typeof data !== "string") return null;
  const words =
    keyword === "enum" ? (schema as unknown[]) : (schema as Choice[]).map((choice) => choice.const);
  return words.every((word) => typeof word === "string") ? closest(data, words) : null;
}

function ruleOf(error: ErrorObject): string {
  if (error.keyword === "const") return `must be ${JSON.stringify(error.schema)}`;
  if (error.keyword === "enum")
    return `must be ${(error.schema as unknown[]).map((value) => JSON.stringify(value)).join(" or ")}`;
  if (error.keyword !== "anyOf") return error.message ?? error.keyword;
  return `must be ${(error.schema as Choice[]).map(describeChoice).join(" or ")}`;
}

/** One member of a union in the schema. */
interface Choice {
  readonly const?: unknown;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** What it is, where its type does not say so. */
  readonly description?: string;
}

function describeChoice(choice: Choice): string {
  if (choice.const !== undefined) return JSON.stringify(choice.const);
  if (choice.description !== undefined) return choice.description;
  const range =
    choice.minimum === undefined ? "" : ` from ${choice.minimum} to ${choice.maximum ?? "any"}`;
  return `a value of type ${choice.type ?? "unknown"}${range}`;
}

function stepsOf(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** A path as people write it: `zones[0].origins[1]`. */
export function pathOf(steps: readonly (string | number)[]): string {
  return steps
    .map((step, index) =>
      typeof step === "number" ? `[${step}]` : `${index === 0 ? "" : "."}${step}`,
    )
    .join("");
}
