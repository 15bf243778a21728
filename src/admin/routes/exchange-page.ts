// /api/exchanges/{ray}/page: what the client of a failed exchange got, written anew.

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import type { ExchangeSource } from "../exchange-source.ts";
import { RequestProblem } from "../problem.ts";
import { found, gone, raySchema } from "./exchanges.ts";

/** The page may be an owner's, with scripts and pictures: it is looked at in a box from which nothing is run or fetched. */
const boxed =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** Adds the route. */
export function addExchangePage(app: FastifyInstance, exchanges: ExchangeSource): void {
  app.get<{ Params: Static<typeof raySchema> }>(
    "/api/exchanges/:ray/page",
    {
      schema: {
        summary: "The page that the client of a failed exchange got.",
        description:
          "Written anew from what is kept, in the form and with the detail that the client got. A gRPC call had no page: then it is its trailers, as text.",
        params: raySchema,
        response: {
          200: {
            description: "The page, in its own media type.",
            content: { "*/*": { schema: Type.String() } },
          },
          404: gone,
        },
      },
    },
    async ({ params: { ray } }, reply) => {
      const page = found(await exchanges.page(ray));
      if ("why" in page) throw new RequestProblem(404, page.why);
      return reply.header("content-security-policy", boxed).type(page.type).send(page.body);
    },
  );
}
