// /api/settings: the two toggles, the profile and the clock, read and changed while the gateway runs.

import type { FastifyInstance } from "fastify";

import { applyChange } from "../apply-change.ts";
import { problemResponse, RequestProblem } from "../problem.ts";
import { changeSchema, type SettingsRequest, settingsSchema } from "../schemas.ts";
import type { AdminSubject, Crew } from "../subject.ts";
import { viewSettings } from "../views.ts";

/** Adds the routes. */
export function addSettings(app: FastifyInstance, subject: AdminSubject, crew: Crew): void {
  app.get(
    "/api/settings",
    { schema: { summary: "The settings in force.", response: { 200: settingsSchema } } },
    async () => viewSettings(subject),
  );
  app.patch<{ Body: SettingsRequest }>(
    "/api/settings",
    {
      schema: {
        summary: "Changes settings, and answers with those in force then.",
        body: changeSchema,
        response: { 200: settingsSchema, 400: problemResponse("The change cannot be made.") },
      },
    },
    async ({ body }) => {
      const problem = applyChange(body, subject);
      if (problem !== null) throw new RequestProblem(400, problem);
      await crew.settled();
      return viewSettings(subject);
    },
  );
}
