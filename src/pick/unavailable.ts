// Every origin of a zone is out of service: which ones, and why.

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Origin } from "../exchange/origin.ts";
import type { Zone } from "../zone.ts";
import type { Pool } from "./pool.ts";

import type { Choice } from "./pick.ts";

/** The failure of a request that no origin could be picked for. */
export function unavailable(zone: Zone): OriginFailure {
  const choices = zone.pools.flatMap((pool) => pool.origins.map((origin) => ({ pool, origin })));
  return {
    ...edgeFailure("destination_unavailable", "every origin of the zone is out of service"),
    evidence: Object.fromEntries(choices.map(stateOf)),
  };
}

/** The same for a client that is kept with one origin, whatever the others do. */
export function boundUnavailable(choice: Choice): OriginFailure {
  return {
    ...edgeFailure(
      "destination_unavailable",
      "the origin that the client belongs to is out of service, and affinity.failover is none",
    ),
    evidence: Object.fromEntries([stateOf(choice)]),
  };
}

/** An origin, and what keeps it out: in the words of a failure, where a check or a request has found one. */
function stateOf({ pool, origin }: Choice): [name: string, found: string] {
  const { label, address } = origin;
  return [`${pool.name}: ${label}${address === "" ? "" : ` (${address})`}`, whyOut(pool, origin)];
}

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
