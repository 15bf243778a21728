// From a failure to a code. The whole mapping stands in edge-codes/profiles; this only looks it up.

import type { OriginFailure } from "../classify/origin-failure.ts";
import type { EdgeCode } from "./edge-code.ts";
import type { Profile } from "./profile.ts";

/** The code of a failure in a profile: the reason's own row if there is one, else the type's. */
export function edgeCodeFor(
  failure: Pick<OriginFailure, "type" | "reason">,
  profile: Profile,
): EdgeCode {
  const code = profile.get(`${failure.type}/${failure.reason}`) ?? profile.get(failure.type);
  if (code === undefined) throw new Error(`no row for ${failure.type}`); // A profile without it does not compile.
  return code;
}
