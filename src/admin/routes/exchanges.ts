// /api/exchanges: what passed of late, in short; and one exchange whole.

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { closed } from "../../config/schema-parts.ts";
import type { ExchangeSource } from "../exchange-source.ts";
import { problemResponse, RequestProblem } from "../problem.ts";
import {
  exchangeSchema,
  filterProperties,
  integer,
  nullable,
  rayParameter,
  summarySchema,
} from "../schemas.ts";

const querySchema = Type.Object(
  {
    ray: Type.Optional(rayParameter),
    ...filterProperties,
    status: Type.Optional(
      Type.Integer({ minimum: 100, maximum: 999, description: "What the client got." }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100, description: "How many." }),
    before: Type.Optional(
      Type.Integer({ minimum: 1, description: "Only those with a smaller seq." }),
    ),
  },
  closed,
);

const listSchema = Type.Object({
  exchanges: Type.Array(summarySchema, { description: "Newest first." }),
  oldest: nullable(integer("The smallest seq that is kept; null if there is none.")),
  completeFrom: integer("From this seq on none is missing."),
  dropped: integer("How many there were that are not kept any more."),
});

/** The parameters of a route about one exchange. */
export const raySchema = Type.Object({ ray: rayParameter });

/** What a route about one exchange answers if there is none. */
export const gone = problemResponse("It is not among those of late, or has no such thing.");

/** Adds the routes. */
export function addExchanges(app: FastifyInstance, exchanges: ExchangeSource): void {
  app.get<{ Querystring: Static<typeof querySchema> }>(
    "/api/exchanges",
    {
      schema: {
        summary: "Exchanges of late, newest first.",
        querystring: querySchema,
        response: { 200: listSchema },
      },
    },
    async ({ query: { limit, before, ...filter } }) => exchanges.list({ filter, before, limit }),
  );
  app.get<{ Params: Static<typeof raySchema> }>(
    "/api/exchanges/:ray",
    {
      schema: {
        summary: "One exchange whole, with the evidence that the verbose page shows.",
        params: raySchema,
        response: { 200: exchangeSchema, 404: gone },
      },
    },
    async ({ params: { ray } }) => found(await exchanges.view(ray)),
  );
}

/** What was found of an exchange. Throws a {@link RequestProblem} if it is gone. */
export function found<T>(part: T | null): T {
  if (part === null) throw new RequestProblem(404, "there is no such exchange among those of late");
  return part;
}
