// Faults to put in the way of requests, as they are written in the file and asked for at run time.

import { Type, type Static } from "@sinclair/typebox";

import { durationPattern } from "./duration.ts";
import { closed, partial } from "./schema-parts.ts";

const pattern = (description: string) =>
  Type.String({ minLength: 1, maxLength: 1_024, description });

/** A wait, in milliseconds or with its unit. */
export const durationSchema = (description: string) =>
  Type.Union(
    [
      Type.Integer({
        minimum: 0,
        maximum: 86_400_000,
        description: "milliseconds up to 86400000",
      }),
      Type.String({
        pattern: durationPattern,
        maxLength: 20,
        description: "a wait as 30s",
      }),
    ],
    { description },
  );

/** Which requests a fault is for. */
const matchSchema = partial(
  {
    host: pattern("The request's host; * stands for any characters."),
    path: pattern("The path without query; * stands for any characters."),
    method: Type.String({ pattern: "^[A-Z-]{1,40}$", description: "The method, in capitals." }),
    header: Type.Record(Type.String(), Type.String({ maxLength: 1_024 }), {
      description: "Fields that must be there, with their values; * stands for any characters.",
    }),
  },
  {
    description:
      "Which requests it is for; all of what is named must match, nothing is every request.",
  },
);

/** What a rule says, wherever it is written. */
export const faultProperties = {
  fault: Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Integer()], {
    description:
      "What goes wrong: a code (502), a failure type (connection_refused), a reason (expired, dns_error/servfail), a broken origin of the zoo (never-answers), or cut or stall: the origin's own response breaks off, or stops.",
  }),
  match: Type.Optional(matchSchema),
  rate: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      default: 1,
      description: "Share of the matching requests that it happens to, 0 to 1.",
    }),
  ),
  count: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "How often it happens; without it there is no end.",
    }),
  ),
  delay: Type.Optional(
    durationSchema(
      "Wait before the request goes its way, in milliseconds or as 2s. The clock does not scale it.",
    ),
  ),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      default: 0,
      description: "For cut and stall: bytes of content that still pass.",
    }),
  ),
  seed: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      description: "Makes the choice that rate makes the same in every run.",
    }),
  ),
};

/** One rule of the file. */
const faultRuleSchema = Type.Object(faultProperties, closed);

/** Faults to inject. */
export const injectSchema = partial(
  {
    field: Type.Boolean({
      default: false,
      description:
        "Obey the request field edgecase-inject, whoever sends it: a fault, and after it delay= and after= with semicolons between.",
    }),
    rules: Type.Array(faultRuleSchema, {
      default: [],
      description: "Faults by rule; the first that matches a request and has its turn counts.",
    }),
  },
  { description: "Faults to put in the way of requests." },
);

export type FaultRuleFile = Static<typeof faultRuleSchema>;
