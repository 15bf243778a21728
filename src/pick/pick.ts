// From a zone to the origin whose turn it is: in the order of the config, the next one where nothing could be sent to the last.

import type { OriginPool } from "../exchange/origin-pool.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { upgradeOf } from "../listen/upgrades.ts";
import type { Zone } from "../zone.ts";

/** The connections to the origin to try after `tried` others, for a request; null when the zone has no more. */
export function pick(
  zone: Zone,
  { scheme, req }: ExchangeContext,
  tried: number,
): OriginPool | null {
  return zone.origins[tried]?.poolFor(scheme, upgradeOf(req) !== null) ?? null;
}
