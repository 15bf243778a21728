// /api/diagnoses: the way to each origin of a zone, gone layer by layer from where the gateway stands.

import { type Static, Type } from "@sinclair/typebox";
import type { FastifyInstance } from "fastify";

import { closed } from "../../config/schema-parts.ts";
import { diagnoseSubject } from "../../diagnose/diagnose.ts";
import { diagnosisSchema } from "../../diagnose/report.ts";
import { subjectOfOrigin, usualTimeoutMs } from "../../diagnose/subject.ts";
import { Zone } from "../../zone.ts";
import { problemResponse, RequestProblem } from "../problem.ts";
import type { AdminSubject } from "../subject.ts";
import { zoneNamed } from "../zone-named.ts";

const questionSchema = Type.Object(
  {
    zone: Type.String({ maxLength: 255, description: "A host of the zone." }),
    timeoutMs: Type.Integer({
      minimum: 1,
      maximum: 600_000,
      default: usualTimeoutMs,
      description: "Milliseconds for each step.",
    }),
    allAddresses: Type.Boolean({
      default: false,
      description: "Goes the whole way to every address of a name.",
    }),
  },
  { ...closed, title: "DiagnoseRequest" },
);

/** Adds the route. */
export function addDiagnoses(app: FastifyInstance, subject: AdminSubject): void {
  app.post<{ Body: Static<typeof questionSchema> }>(
    "/api/diagnoses",
    {
      schema: {
        summary: "Diagnoses every origin of a zone, from where the gateway stands.",
        body: questionSchema,
        response: {
          200: Type.Array(diagnosisSchema),
          400: problemResponse("There is no such zone."),
        },
      },
    },
    async ({ body: { zone: host, timeoutMs, allAddresses } }, reply) => {
      const zone = zoneNamed(host, subject);
      if (!(zone instanceof Zone)) throw new RequestProblem(400, zone);
      const { config, profiles } = zone;
      const left = new AbortController();
      reply.raw.once("close", () => left.abort());
      const parts = {
        isEachAddress: allAddresses,
        onProgress: () => {},
        signal: left.signal,
        isOwnAddress: subject.isOwnAddress,
      };
      const origins = config.pools.flatMap((pool) => pool.origins);
      return Promise.all(
        origins.map((origin) =>
          diagnoseSubject(subjectOfOrigin(config, origin, profiles, timeoutMs), parts),
        ),
      );
    },
  );
}
