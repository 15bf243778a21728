// /api/stream: what passes, as it passes.

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { closed } from "../../config/schema-parts.ts";
import { type LiveStream, mostReaders } from "../live-stream.ts";
import { problemResponse, RequestProblem } from "../problem.ts";
import { filterProperties } from "../schemas.ts";

const querySchema = Type.Object(filterProperties, closed);

/** Adds the route. */
export function addStream(app: FastifyInstance, stream: LiveStream): void {
  app.get<{ Querystring: Static<typeof querySchema> }>(
    "/api/stream",
    {
      schema: {
        summary: "Exchanges as they end, and each second's counts.",
        description:
          "Server-sent events. `exchange`: a Summary, at most 50 a second, errors first. `tick`, once a second: `{ time, requests, shown, statuses, codes, failures }`, of every exchange. `settings`: those in force, at first and after each change.",
        querystring: querySchema,
        response: {
          200: {
            description: "Events until the reader leaves, or reads too slowly.",
            content: { "text/event-stream": { schema: Type.String() } },
          },
          503: problemResponse(`There are ${mostReaders} readers already.`),
        },
      },
    },
    async ({ query }, reply) => {
      if (stream.isFull) throw new RequestProblem(503, `there are ${mostReaders} readers already`);
      reply.type("text/event-stream");
      reply.hijack();
      reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
      stream.add(reply.raw, query);
    },
  );
}
