// What the admin server tells of pools: who is in service, who is out, and why.

import type { Origin } from "../exchange/origin.ts";
import type { Pool } from "../pick/pool.ts";
import type { Zone } from "../zone.ts";
import type { OriginReport, PoolReport, PoolsView } from "./pool-schemas.ts";

/** Every pool of every zone, as it stands now. */
export function poolStates(zones: readonly Zone[]): PoolsView[] {
  return zones.map((zone) => ({
    zone: zone.name,
    pools: zone.pools.map((pool) => ({
      pool: pool.name,
      state: stateOfPool(pool),
      steering: pool.config.steering,
      minimumOrigins: pool.config.minimumOrigins,
      isFallback: pool === zone.fallback,
      origins: pool.origins.map((origin) => reportOf(origin, pool.config.monitor !== null)),
    })),
  }));
}

function stateOfPool(pool: Pool): PoolReport["state"] {
  if (!pool.config.isEnabled) return "disabled";
  if (!pool.isServing) return "critical";
  const wanted = pool.origins.filter(({ isInService }) => isInService);
  return wanted.every(({ standing }) => standing.isGood) ? "healthy" : "degraded";
}

function reportOf(origin: Origin, isMonitored: boolean): OriginReport {
  const { standing, config } = origin;
  const { trouble, lastCheck } = standing;
  return {
    origin: origin.label,
    address: origin.address === "" ? null : origin.address,
    state: stateOfOrigin(origin, isMonitored),
    failure: trouble?.type ?? null,
    reason: trouble?.reason ?? null,
    detail: trouble?.detail ?? null,
    weight: config.weight,
    share: Math.round(standing.share * 100) / 100,
    outstanding: origin.outstanding,
    ejections: standing.ejections,
    changedAt: toIso(standing.changedAt),
    checkedAt: toIso(lastCheck?.at ?? null),
    checkMs: lastCheck === null ? null : Math.round(lastCheck.tookMs * 100) / 100,
    certificateExpiresAt: toIso(standing.certificateExpiresAt),
  };
}

function stateOfOrigin(
  { isInService, standing }: Origin,
  isMonitored: boolean,
): OriginReport["state"] {
  if (!isInService) return "disabled";
  if (!standing.isPassing) return "unhealthy";
  if (standing.isEjected) return "ejected";
  if (standing.share < 1) return "rising";
  return isMonitored && standing.verdict === "unknown" ? "unknown" : "healthy";
}

function toIso(milliseconds: number | null): string | null {
  return milliseconds === null || milliseconds === 0 ? null : new Date(milliseconds).toISOString();
}
