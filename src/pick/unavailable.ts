// Every origin of a zone is out of service: which ones, and why.

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Origin } from "../exchange/origin.ts";
import type { Zone } from "../zone.ts";
import type { Choice } from "./pick.ts";

/** The failure of a request that no origin could be picked for. */
export function unavailable(zone: Zone): OriginFailure {
  const origins = zone.pools.flatMap((pool) => pool.origins);
  return {
    ...edgeFailure("destination_unavailable", "every origin of the zone is out of service"),
    evidence: Object.fromEntries(origins.map(checkOf)),
  };
}

/** The same for a client that is kept with one origin, whatever the others do. */
export function boundUnavailable({ origin }: Choice): OriginFailure {
  return {
    ...edgeFailure(
      "destination_unavailable",
      "the origin that the client belongs to is out of service, and affinity.failover is none",
    ),
    evidence: Object.fromEntries([checkOf(origin)]),
  };
}

function checkOf({ label, standing: { trouble } }: Origin): [name: string, found: string] {
  if (trouble === null) return [`Check of ${label}`, "switched off"];
  const reason = trouble.reason === null ? "" : ` / ${trouble.reason}`;
  return [`Check of ${label}`, `${trouble.type}${reason}: ${trouble.detail}`];
}
