// A change of settings as it is asked for from outside, by the admin API or a program: made whole, or refused with what is wrong.

import { Ajv } from "ajv";
import { closest } from "fastest-levenshtein";

import { problemsOf } from "../config/schema-problems.ts";
import type { Zone } from "../zone.ts";
import type { ProblemDetails } from "./problem.ts";
import { changeSchema, type SettingsRequest } from "./schemas.ts";
import type { AdminSubject } from "./subject.ts";

/** What a change is made of. */
type Changeable = Pick<AdminSubject, "settings" | "zones">;

const isChange = new Ajv({
  allErrors: true,
  verbose: true,
  strict: false,
}).compile<SettingsRequest>(changeSchema);

/** What is wrong with a value that is meant to be a change; null if nothing is that the schema knows of. */
export function malformationOf(value: unknown): ProblemDetails | null {
  if (isChange(value)) return null;
  return problemsOf(isChange.errors ?? [])[0] ?? { path: "", rule: "is no change of settings" };
}

/** Makes a well-formed change, or says what is wrong with it and changes nothing. */
export function applyChange(request: SettingsRequest, subject: Changeable): ProblemDetails | null {
  const { zone: host, survivesReload, ...change } = request;
  const { settings, zones } = subject;
  const { profile, clock } = change;
  if (profile !== undefined && !settings.profiles.includes(profile))
    return unknownName("profile", "is not the name of a profile", profile, settings.profiles);
  if (host !== undefined && clock !== undefined)
    return { path: "clock", rule: "is the gateway's, and cannot be changed for one zone" };
  const zone = host === undefined ? undefined : zoneOf(host, zones);
  if (zone === null) {
    const known = zones.flatMap(({ config }) => config.hosts);
    return unknownName("zone", "is not a zone's host", String(host), known);
  }
  settings.change(change, zone?.name, { survivesReload: survivesReload === true });
  return null;
}

/** The zone that is called by one of its hosts, as they are written. */
function zoneOf(host: string, zones: readonly Zone[]): Zone | null {
  const wanted = host.toLowerCase();
  return zones.find(({ config }) => config.hosts.includes(wanted)) ?? null;
}

function unknownName(
  path: string,
  rule: string,
  found: string,
  known: readonly string[],
): ProblemDetails {
  return {
    path,
    rule,
    found: JSON.stringify(found),
    ...(known.length > 0 && { nearest: closest(found, known) }),
  };
}
