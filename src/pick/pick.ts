// From a zone to the origin of a healthy pool.

import type { Origin } from "../exchange/origin.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { Zone } from "../zone.ts";
import type { Demand, Pool } from "./pool.ts";

/** An origin, and the pool that it was picked from. */
export interface Choice {
  readonly pool: Pool;
  readonly origin: Origin;
}

const nothing: readonly Origin[] = [];

/** The origin for a request; null if every one is out of service. */
export function pick(zone: Zone, context: ExchangeContext): Choice | null {
  if (zone.only !== null) return zone.only;
  return (
    pickFrom(zone.pools, context, "good") ??
    // Better one that failed real requests than none.
    pickFrom(zone.pools, context, "passing") ??
    (zone.fallback === null ? null : pickFrom([zone.fallback], context, "any"))
  );
}

/** Another origin for a request that failed at `last`, among others `tried`: a good one, or none. */
export function pickAnother(
  zone: Zone,
  context: ExchangeContext,
  last: Choice,
  tried: readonly Origin[],
): Choice | null {
  const { isAcrossPools } = zone.config.failover;
  return (
    pickFrom([last.pool], context, "good", tried) ??
    (isAcrossPools ? pickFrom(zone.pools, context, "good", tried) : null)
  );
}

/** From the first pool that has one. */
function pickFrom(
  pools: readonly Pool[],
  context: ExchangeContext,
  demand: Demand,
  tried: readonly Origin[] = nothing,
): Choice | null {
  for (const pool of pools) {
    const origin = pool.pick(context, demand, tried);
    if (origin !== null) return { pool, origin };
  }
  return null;
}
