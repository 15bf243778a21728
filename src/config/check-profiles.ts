// Profiles of the user's own: every name and row must exist before the gateway starts.

import { closest } from "fastest-levenshtein";

import { failureTypes } from "../../edge-codes/failure-types.ts";
import { profiles as shipped } from "../../edge-codes/profiles.ts";
import { reasons } from "../../edge-codes/reasons.ts";
import type { ProfileFile } from "./schema.ts";

type Profiles = Readonly<Record<string, ProfileFile>>;

/** What is wrong with a profile, and where. */
export interface ProfileProblem {
  readonly steps: readonly string[];
  readonly rule: string;
  readonly found: unknown;
  readonly nearest?: string;
}

/** What is wrong with the name of a profile that is asked for; null if there is one of that name. */
export function checkProfileName(
  name: string,
  custom: Profiles,
): { rule: string; nearest: string } | null {
  const known = [...Object.keys(shipped), ...Object.keys(custom)];
  return known.includes(name)
    ? null
    : { rule: "is not the name of a profile", nearest: closest(name, known) };
}

/** Checks every custom profile. */
export function checkProfiles(custom: Profiles): ProfileProblem[] {
  return Object.entries(custom).flatMap(([name, profile]) => {
    const problems: ProfileProblem[] = [];
    const at = ["profiles", name];
    if (Object.hasOwn(shipped, name)) {
      problems.push({
        steps: at,
        rule: "has the name of a profile that ships with Edgecase",
        found: name,
      });
    }
    const unknown = checkProfileName(profile.extends, custom);
    if (unknown !== null) {
      problems.push({ steps: [...at, "extends"], found: profile.extends, ...unknown });
    } else if (extendsItself(name, custom)) {
      problems.push({
        steps: [...at, "extends"],
        rule: "extends itself, directly or through others",
        found: profile.extends,
      });
    }
    for (const row of Object.keys(profile.codes ?? {})) {
      const problem = checkRow(row);
      if (problem) problems.push({ steps: [...at, "codes", row], found: row, ...problem });
    }
    return problems;
  });
}

function extendsItself(name: string, custom: Profiles): boolean {
  const seen = new Set<string>();
  for (
    let at: string | undefined = name;
    at !== undefined;
    at = Object.hasOwn(custom, at) ? custom[at]?.extends : undefined
  ) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}

function checkRow(row: string): { rule: string; nearest: string } | null {
  const [type = "", reason, ...rest] = row.split("/");
  const rows = Object.entries(reasons).flatMap(([name, of]) => [
    name,
    ...Object.keys(of).map((key) => `${name}/${key}`),
  ]);
  const isKnown =
    rest.length === 0 &&
    Object.hasOwn(failureTypes, type) &&
    (reason === undefined || rows.includes(row));
  return isKnown
    ? null
    : { rule: "is not a failure type or type/reason", nearest: closest(row, rows) };
}
