// Every origin of a zone is out of service: which ones, and why.

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Origin } from "../exchange/origin.ts";
import type { Zone } from "../zone.ts";
import type { Pool } from "./pool.ts";

/** The failure of a request that no origin could be picked for. */
export function unavailable(zone: Zone): OriginFailure {
  const evidence: Record<string, string> = {};
  for (const pool of zone.pools) {
    for (const origin of pool.origins) {
      const { label, address } = origin;
      const at = address === "" ? "" : ` (${address})`;
      evidence[`${pool.name}: ${label}${at}`] = whyOut(pool, origin);
    }
  }
  return {
    ...edgeFailure("destination_unavailable", "every origin of the zone is out of service"),
    evidence,
  };
}

/** In the words of a failure, where a check or a request has found one. */
function whyOut({ config, isCritical }: Pool, { isInService, standing }: Origin): string {
  if (!config.isEnabled) return "the pool is switched off";
  if (!isInService) return "switched off";
  const { trouble } = standing;
  if (trouble !== null) {
    const { type, reason, detail } = trouble;
    return `${standing.isPassing ? "failed requests" : "fails its checks"}: ${type}${reason === null ? "" : ` / ${reason}`}: ${detail}`;
  }
  return isCritical ? `well, but the pool needs ${config.minimumOrigins} such origins` : "well";
}
