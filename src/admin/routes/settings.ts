// /api/settings: the two toggles, the profile and the clock, read and changed while the gateway runs.

import type { FastifyInstance } from "fastify";

import { problemResponse, RequestProblem } from "../problem.ts";
import { changeSchema, type SettingsRequest, settingsSchema } from "../schemas.ts";
import type { AdminSubject } from "../subject.ts";
import { viewSettings } from "../views.ts";
import { unknownName, zoneNamed } from "../zone-named.ts";

/** Adds the routes. */
export function addSettings(app: FastifyInstance, subject: AdminSubject): void {
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
      const { zone: host, survivesReload, ...change } = body;
      const problem = problemOf(body, subject);
      if (problem !== null) throw problem;
      const zone = host === undefined ? undefined : zoneNamed(host, subject);
      subject.settings.change(change, zone?.name, { survivesReload: survivesReload === true });
      return viewSettings(subject);
    },
  );
}

/** What the schema cannot know. */
function problemOf(
  { profile, zone, clock }: SettingsRequest,
  { settings }: AdminSubject,
): RequestProblem | null {
  if (profile !== undefined && !settings.profiles.includes(profile))
    return unknownName("profile", "is not the name of a profile", profile, settings.profiles);
  if (zone !== undefined && clock !== undefined)
    return new RequestProblem(400, {
      path: "clock",
      rule: "is the gateway's, and cannot be changed for one zone",
    });
  return null;
}
