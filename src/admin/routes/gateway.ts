// /api/gateway: what answers here, and on which ports it takes requests.

import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { version } from "../../version.ts";
import { integer, nullable, text } from "../schemas.ts";
import type { AdminSubject } from "../subject.ts";

const gatewaySchema = Type.Object(
  {
    version: text("The version of Edgecase."),
    http: nullable(integer("The port for HTTP; null if there is none.")),
    https: nullable(integer("The port for HTTPS; null if there is none.")),
  },
  { title: "Gateway" },
);

/** Adds the route. */
export function addGateway(app: FastifyInstance, subject: AdminSubject): void {
  app.get(
    "/api/gateway",
    {
      schema: {
        summary: "The gateway itself: its version and its ports.",
        response: { 200: gatewaySchema },
      },
    },
    async () => ({ version, ...subject.ports }),
  );
}
