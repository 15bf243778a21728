// Every origin of a zone is out of service: which ones, and why.

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Zone } from "../zone.ts";

/** The failure of a request that no origin could be picked for. */
export function unavailable(zone: Zone): OriginFailure {
  const evidence: Record<string, string> = {};
  for (const pool of zone.pools) {
    for (const { label, standing } of pool.origins) {
      const { trouble } = standing;
      evidence[`Check of ${label}`] =
        trouble === null
          ? "switched off"
          : `${trouble.type}${trouble.reason === null ? "" : ` / ${trouble.reason}`}: ${trouble.detail}`;
    }
  }
  return {
    ...edgeFailure("destination_unavailable", "every origin of the zone is out of service"),
    evidence,
  };
}
