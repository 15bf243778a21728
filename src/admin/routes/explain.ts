// /api/explain: what a code, a failure type or a reason means, as `edgecase explain --json` says it.

import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { entriesNamed, nearestName } from "../../explain.ts";
import { problemResponse, RequestProblem } from "../problem.ts";
import { byName, oneOf } from "../schemas.ts";

const nameSchema = Type.Object({
  name: Type.String({ maxLength: 100, description: "A code, or connection_refused, expired …" }),
});

const explanationSchema = Type.Object({
  title: Type.Optional(Type.String()),
  alert: Type.Optional(Type.Integer({ description: "Number of a TLS alert." })),
  whatHappened: Type.String(),
  likelyCauses: Type.Array(Type.String(), { description: "The most likely first." }),
  howToCheck: Type.Array(
    Type.Object({ text: Type.String(), command: Type.Optional(Type.String()) }),
  ),
  howToFix: Type.Array(Type.String()),
});

const entriesSchema = Type.Array(
  Type.Object({
    kind: oneOf(["code", "failure type", "reason", "finding of a check"], "What goes by the name."),
    name: Type.String(),
    title: Type.String(),
    facts: byName("What is known of it."),
    explanation: Type.Union([explanationSchema, Type.Null()]),
  }),
  { description: "Everything that goes by the name: a word can be a reason of several types." },
);

/** Adds the route. */
export function addExplain(app: FastifyInstance): void {
  app.get<{ Params: { name: string } }>(
    "/api/explain/:name",
    {
      schema: {
        summary: "What a code, a failure type or a reason means.",
        params: nameSchema,
        response: { 200: entriesSchema, 404: problemResponse("Nothing goes by the name.") },
      },
    },
    async ({ params: { name } }) => {
      const entries = entriesNamed(name);
      if (entries.length > 0) return entries;
      throw new RequestProblem(404, {
        path: "name",
        rule: "is not a code, a failure type or a reason",
        found: JSON.stringify(name),
        nearest: nearestName(name),
      });
    },
  );
}
