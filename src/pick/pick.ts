// From a zone to the origin whose turn it is: in the order of the config, the next one where nothing could be sent to the last.

import type { OriginPool } from "../exchange/origin-pool.ts";
import type { Zone } from "../zone.ts";

/** The origin to try after `tried` others; null when the zone has no more. */
export function pick(zone: Zone, tried: number): OriginPool | null {
  return zone.pools[tried] ?? null;
}
