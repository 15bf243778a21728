// The two codes of a failure: the detailed one, which logs and metrics keep, and the one that the client is told.

import type { ErrorSettings } from "../config/gateway-config.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { EdgeCode } from "./edge-code.ts";
import { edgeCodeFor } from "./edge-code-for.ts";
import type { Profile } from "./profile.ts";

/** What to answer, and how much to say. */
export interface Told {
  readonly told: EdgeCode;
  readonly detailed: EdgeCode;
  readonly isVerbose: boolean;
}

/** Applies the two toggles. Insiders get detail whatever the public gets. */
export function codesFor(
  failure: OriginFailure,
  errors: ErrorSettings,
  profiles: ReadonlyMap<string, Profile>,
  isInsider: boolean,
): Told {
  const detailed = edgeCodeFor(failure, profileNamed(profiles, errors.profile));
  const told =
    errors.codes === "detailed" || isInsider
      ? detailed
      : edgeCodeFor(failure, profileNamed(profiles, "generic"));
  return { told, detailed, isVerbose: errors.pages === "verbose" || isInsider };
}

function profileNamed(profiles: ReadonlyMap<string, Profile>, name: string): Profile {
  const profile = profiles.get(name);
  if (profile === undefined) throw new Error(`no profile ${name}`); // The configuration was checked for it.
  return profile;
}
