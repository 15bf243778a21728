// /api/zones: the sites on this edge, and how their origins stand.

import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { zoneSchema } from "../schemas.ts";
import type { AdminSubject, Crew } from "../subject.ts";
import { viewZone } from "../views.ts";

/** Adds the route. */
export function addZones(app: FastifyInstance, subject: AdminSubject, crew: Crew): void {
  app.get(
    "/api/zones",
    {
      schema: {
        summary: "Every zone with its origins.",
        response: { 200: Type.Array(zoneSchema) },
      },
    },
    async () => {
      await crew.gathered();
      return subject.zones.map(viewZone);
    },
  );
}
