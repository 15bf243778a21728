// /api/pools: who is in service, who is out, and why.

import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { poolsSchema } from "../pool-schemas.ts";
import { poolStates } from "../pool-states.ts";
import type { AdminSubject, Crew } from "../subject.ts";

/** Adds the route. */
export function addPools(app: FastifyInstance, subject: AdminSubject, crew: Crew): void {
  app.get(
    "/api/pools",
    {
      schema: {
        summary: "Every pool of every zone, and how its origins stand.",
        response: { 200: Type.Array(poolsSchema) },
      },
    },
    async () => {
      await crew.gathered();
      return poolStates(subject.zones);
    },
  );
}
