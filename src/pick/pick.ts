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

/** From the best to the poorest: better one that failed real requests than none, and better one that is not trusted yet. */
const demands: readonly Demand[] = ["good", "passing", "well"];

/** The origin for a request; null if every one is out of service. */
export function pick(zone: Zone, context: ExchangeContext): Choice | null {
  if (zone.only !== null) return zone.only;
  for (const demand of demands) {
    const choice = pickFrom(zone.pools, context, demand);
    if (choice !== null) return choice;
  }
  return zone.fallback === null ? null : pickFrom([zone.fallback], context, "any");
}

/**
 * The origin for a request of a client that belongs to one: that one, unless it stands worse than what others would get. Null if
 * every one is out of service, or if the client may have no other.
 */
export function pickBound(zone: Zone, context: ExchangeContext, bound: Choice): Choice | null {
  for (const demand of [...demands, "any" as const]) {
    const pools =
      demand === "any" ? zone.pools.filter((pool) => pool === zone.fallback) : zone.pools;
    if (pools.includes(bound.pool) && isUp(bound.origin, demand)) return bound;
    const other = pickFrom(pools, context, demand);
    if (other !== null) return zone.affinity?.config.failover === "none" ? null : other;
  }
  return null;
}

/** Another origin for a request that failed at `last`, none of those `tried`; null if every other one is out of service. */
export function pickAnother(
  zone: Zone,
  context: ExchangeContext,
  last: Choice,
  tried: readonly Origin[],
): Choice | null {
  const { isAcrossPools } = zone.config.failover;
  for (const demand of demands) {
    const choice =
      pickFrom([last.pool], context, demand, tried) ??
      (isAcrossPools ? pickFrom(zone.pools, context, demand, tried) : null);
    if (choice !== null) return choice;
  }
  return null;
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
