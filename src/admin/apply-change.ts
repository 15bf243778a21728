// A change of settings as it is asked for from outside, by the admin API or a program: made whole, or refused with what is wrong.

import { problemsOf } from "../config/schema-problems.ts";
import { Zone } from "../zone.ts";
import { isChange } from "./is-change.ts";
import type { ProblemDetails } from "./problem.ts";
import type { SettingsRequest } from "./schemas.ts";
import type { AdminSubject } from "./subject.ts";
import { unknownName, zoneNamed } from "./zone-named.ts";

/** What a change is made of. */
type Changeable = Pick<AdminSubject, "settings" | "zones">;

/** What is wrong with a value that is meant to be a change; null if nothing is that the schema knows of. */
export function malformationOf(value: unknown): ProblemDetails | null {
  if (isChange(value)) return null;
  return problemsOf(isChange.errors ?? [])[0] ?? { path: "", rule: "is no change of settings" };
}

/** Makes a well-formed change, or says what is wrong with it and changes nothing. */
export function applyChange(request: SettingsRequest, subject: Changeable): ProblemDetails | null {
  const { zone: host, survivesReload, ...change } = request;
  const { settings } = subject;
  const { profile, clock } = change;
  if (profile !== undefined && !settings.profiles.includes(profile))
    return unknownName("profile", "is not the name of a profile", profile, settings.profiles);
  if (host !== undefined && clock !== undefined)
    return { path: "clock", rule: "is the gateway's, and cannot be changed for one zone" };
  const zone = host === undefined ? undefined : zoneNamed(host, subject);
  if (zone !== undefined && !(zone instanceof Zone)) return zone;
  settings.change(change, zone?.name, { survivesReload: survivesReload === true });
  return null;
}
