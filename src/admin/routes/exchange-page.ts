// /api/exchanges/{ray}/page: what the client of a failed exchange got, written anew from what is kept of it.

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import type { KeptExchange, KeptFailure } from "../../record/kept-exchange.ts";
import type { Answer } from "../../render/answer.ts";
import type { Asker } from "../../render/asker.ts";
import { grpcTrailers, isGrpc } from "../../render/grpc.ts";
import { answerTo, compose } from "../../render/respond.ts";
import { storyOf } from "../exchange-views.ts";
import { RequestProblem } from "../problem.ts";
import type { AdminSubject } from "../subject.ts";
import { findExchange, gone, raySchema } from "./exchanges.ts";

/** The page may be an owner's, with scripts and pictures: it is looked at in a box from which nothing is run or fetched. */
const boxed =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** Adds the route. */
export function addExchangePage(app: FastifyInstance, { recent }: AdminSubject): void {
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
      const { type, body } = pageOf(findExchange(recent, ray));
      return reply.header("content-security-policy", boxed).type(type).send(body);
    },
  );
}

/** Throws a {@link RequestProblem} where there was no page. */
function pageOf(kept: KeptExchange): { type: string; body: Buffer } {
  const { failure } = kept;
  if (failure === null)
    throw new RequestProblem(
      404,
      "there is no page: the edge did not answer with an error of its own",
    );
  if (failure.responseStarted)
    throw new RequestProblem(404, "there is no page: the head of the origin's response had left");
  const story = storyOf(kept);
  const answer = answerTo(story, failure, failure.told);
  const asker = askerOf(kept, failure);
  if (isGrpc(asker)) return { type: "text/plain; charset=utf-8", body: trailersOf(answer) };
  const { fields, body } = compose(asker, answer, { fields: [], story });
  return { type: fields[fields.indexOf("content-type") + 1] ?? "text/plain", body };
}

function askerOf({ ray, client }: KeptExchange, { asked, zoneConfig }: KeptFailure): Asker {
  return {
    ray,
    clientAddress: client,
    zone: zoneConfig === null ? null : { config: zoneConfig },
    req: asked,
  };
}

function trailersOf(answer: Answer): Buffer {
  return Buffer.from(
    grpcTrailers(answer)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(""),
  );
}
