// Which zone is meant, where a request names one by a host of it.

import { closest } from "fastest-levenshtein";

import type { Zone } from "../zone.ts";
import type { ProblemDetails } from "./problem.ts";
import type { AdminSubject } from "./subject.ts";

/** The zone that is called by one of its hosts, as they are written; or what is wrong with the word. */
export function zoneNamed(
  host: string,
  { zones }: Pick<AdminSubject, "zones">,
): Zone | ProblemDetails {
  const wanted = host.toLowerCase();
  const zone = zones.find(({ config }) => config.hosts.includes(wanted));
  if (zone !== undefined) return zone;
  const known = zones.flatMap(({ config }) => config.hosts);
  return unknownName("zone", "is not a zone's host", host, known);
}

/** A word at `path` that is none of those known. */
export function unknownName(
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
