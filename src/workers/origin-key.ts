// Origins in words that every process understands, and back.

import type { Origin } from "../exchange/origin.ts";
import type { Pool } from "../pick/pool.ts";
import type { Zone } from "../zone.ts";
import type { OriginKey } from "./messages.ts";

/** The same text for the same origin, and for no other. */
export function keyText({ zone, pool, origin, address }: OriginKey): string {
  return JSON.stringify([zone, pool, origin, address]);
}

/** Every origin of these zones with its key. */
export function* keyedOrigins(
  zones: readonly Zone[],
): Iterable<{ readonly key: OriginKey; readonly pool: Pool; readonly origin: Origin }> {
  for (const zone of zones) {
    for (const pool of zone.pools) {
      for (const origin of pool.origins) {
        const { label, address } = origin;
        yield {
          key: { zone: zone.name, pool: pool.name, origin: label, address },
          pool,
          origin,
        };
      }
    }
  }
}

/** The origin with a key, and its pool; null if there is none, or none any more. */
export function originWith(
  { zone, pool: poolName, origin: label, address }: OriginKey,
  zones: readonly Zone[],
): { readonly pool: Pool; readonly origin: Origin } | null {
  const pool = zones.find(({ name }) => name === zone)?.pools.find(({ name }) => name === poolName);
  const origin = pool?.origins.find((one) => one.label === label && one.address === address);
  return pool === undefined || origin === undefined ? null : { pool, origin };
}
