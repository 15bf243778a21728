// /api/faults: faults put in the way of requests while the gateway runs.

import { Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { closed } from "../../config/schema-parts.ts";
import { addFault, namesFor, viewFault } from "../faults.ts";
import {
  faultNamesSchema,
  type FaultRequest,
  faultRequestSchema,
  faultSchema,
} from "../fault-schemas.ts";
import { problemResponse, RequestProblem } from "../problem.ts";
import type { AdminSubject, Crew } from "../subject.ts";

const listSchema = Type.Object(
  { faults: Type.Array(faultSchema) },
  {
    title: "Faults",
    description: "The faults that can still happen, in the order in which they count.",
  },
);

/** Adds the routes. */
export function addFaults(app: FastifyInstance, subject: AdminSubject, crew: Crew): void {
  const { injection } = subject;
  app.get(
    "/api/faults",
    { schema: { summary: "The faults in force.", response: { 200: listSchema } } },
    async () => ({ faults: injection.rules.map(viewFault) }),
  );
  app.post<{ Body: FaultRequest }>(
    "/api/faults",
    {
      schema: {
        summary: "Injects a fault from now on, and answers with it.",
        body: faultRequestSchema,
        response: { 201: faultSchema, 400: problemResponse("The fault cannot be injected.") },
      },
    },
    async ({ body }, reply) => {
      const added = await addFault(body, subject);
      if ("rule" in added) throw new RequestProblem(400, added);
      await crew.settled();
      return reply.code(201).send(added);
    },
  );
  addFaultNames(app, subject);
  app.delete(
    "/api/faults",
    {
      schema: {
        summary: "Clears every fault, and answers with those that were in force.",
        response: { 200: listSchema },
      },
    },
    async () => {
      const faults = injection.clear().map(viewFault);
      await crew.settled();
      return { faults };
    },
  );
  app.delete<{ Params: { id: string } }>(
    "/api/faults/:id",
    {
      schema: {
        summary: "Clears one fault, and answers with it.",
        params: Type.Object({
          id: Type.String({ maxLength: 40, description: "As GET /api/faults has it." }),
        }),
        response: { 200: faultSchema, 404: problemResponse("No fault in force has this id.") },
      },
    },
    async ({ params: { id } }) => {
      const [cleared] = injection.clear(id);
      if (cleared === undefined) throw new RequestProblem(404, "no fault in force has this id");
      await crew.settled();
      return viewFault(cleared);
    },
  );
}

function addFaultNames(app: FastifyInstance, subject: AdminSubject): void {
  const zone = Type.String({ maxLength: 255, description: "A host of the zone; else every zone." });
  app.get<{ Querystring: { zone?: string } }>(
    "/api/faults/names",
    {
      schema: {
        summary: "What can be injected, by name.",
        querystring: Type.Object({ zone: Type.Optional(zone) }, closed),
        response: { 200: faultNamesSchema, 400: problemResponse("No zone has the host.") },
      },
    },
    async ({ query }) => {
      const names = namesFor(query.zone, subject);
      if ("rule" in names) throw new RequestProblem(400, names);
      return names;
    },
  );
}
