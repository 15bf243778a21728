// What the admin server tells of pools: who is in service, who is out, and why.

import type { Origin } from "../exchange/origin.ts";
import type { Pool } from "../pick/pool.ts";
import type { Zone } from "../zone.ts";

/** A pool's state; `degraded` serves with fewer origins than it has. @see Cloudflare docs, Load Balancing, Health details */
export type PoolState = "healthy" | "degraded" | "critical" | "disabled";

/** An origin's state: `unknown` has a monitor, but no result yet; `rising` is on its way back to its full share. */
export type OriginState = "healthy" | "unknown" | "rising" | "unhealthy" | "ejected" | "disabled";

/** One origin, or one address of it. Times are ISO 8601; null where there is nothing to tell. */
export interface OriginReport {
  readonly origin: string;
  readonly address: string | null;
  readonly state: OriginState;
  /** Why it is out, in the words of a failure. */
  readonly failure: string | null;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly weight: number;
  /** How much of its weight counts: 1, or less while it is rising. */
  readonly share: number;
  /** Requests under way. */
  readonly outstanding: number;
  readonly ejections: number;
  readonly changedAt: string | null;
  readonly checkedAt: string | null;
  readonly checkMs: number | null;
  readonly certificateExpiresAt: string | null;
}

/** One pool. */
export interface PoolReport {
  readonly pool: string;
  readonly state: PoolState;
  readonly steering: string;
  readonly minimumOrigins: number;
  readonly isFallback: boolean;
  readonly origins: readonly OriginReport[];
}

/** Every pool of every zone, as it stands now. */
export function poolStates(
  zones: readonly Zone[],
): readonly { readonly zone: string; readonly pools: readonly PoolReport[] }[] {
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

function stateOfPool(pool: Pool): PoolState {
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
    outstanding: standing.outstanding,
    ejections: standing.ejections,
    changedAt: toIso(standing.changedAt),
    checkedAt: toIso(lastCheck?.at ?? null),
    checkMs: lastCheck === null ? null : Math.round(lastCheck.tookMs * 100) / 100,
    certificateExpiresAt: toIso(standing.certificateExpiresAt),
  };
}

function stateOfOrigin({ isInService, standing }: Origin, isMonitored: boolean): OriginState {
  if (!isInService) return "disabled";
  if (!standing.isPassing) return "unhealthy";
  if (standing.isEjected) return "ejected";
  if (standing.share < 1) return "rising";
  return isMonitored && standing.verdict === "unknown" ? "unknown" : "healthy";
}

function toIso(milliseconds: number | null): string | null {
  return milliseconds === null || milliseconds === 0 ? null : new Date(milliseconds).toISOString();
}
