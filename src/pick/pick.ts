// From a zone to the origin of a healthy pool.

import type { Origin } from "../exchange/origin.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import type { Zone } from "../zone.ts";
import { type Demand, isUp, type Pool } from "./pool.ts";

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

/** From the best to the poorest: as `pick` goes about it. */
const demands: readonly Demand[] = ["good", "passing", "any"];

/**
 * The origin for a request of a client that belongs to one: that one, unless it stands worse than what others would get. Null if
 * every one is out of service, or if the client may have no other.
 */
export function pickBound(zone: Zone, context: ExchangeContext, bound: Choice): Choice | null {
  for (const demand of demands) {
    const pools =
      demand === "any" ? zone.pools.filter((pool) => pool === zone.fallback) : zone.pools;
    if (pools.includes(bound.pool) && isUp(bound.origin, demand)) return bound;
    const other = pickFrom(pools, context, demand);
    if (other !== null) return zone.affinity?.config.failover === "none" ? null : other;
  }
  return null;
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
