// /api/settings: the two toggles, the profile and the clock, read and changed while the gateway runs.

import { closest } from "fastest-levenshtein";
import type { FastifyInstance } from "fastify";

import { problemResponse, RequestProblem } from "../problem.ts";
import { changeSchema, type SettingsRequest, settingsSchema } from "../schemas.ts";
import type { Zone } from "../../zone.ts";
import type { AdminSubject } from "../subject.ts";
import { viewSettings } from "../views.ts";

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
      const zone = host === undefined ? undefined : zoneOf(host, subject);
      if (zone === null) throw noZone(String(host), subject);
      subject.settings.change(change, zone?.name, survivesReload);
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

/** The zone that is called by one of its hosts, as they are written. */
function zoneOf(host: string, { zones }: AdminSubject): Zone | null {
  const wanted = host.toLowerCase();
  return zones.find(({ config }) => config.hosts.includes(wanted)) ?? null;
}

function noZone(host: string, { zones }: AdminSubject): RequestProblem {
  const known = zones.flatMap(({ config }) => config.hosts);
  return unknownName("zone", "is not a zone's host", host, known);
}

function unknownName(
  path: string,
  rule: string,
  found: string,
  known: readonly string[],
): RequestProblem {
  return new RequestProblem(400, {
    path,
    rule,
    found: JSON.stringify(found),
    ...(known.length > 0 && { nearest: closest(found, known) }),
  });
}
