// The clock: for development every timeout can be made shorter, or longer.

import type { Timeouts } from "./schema.ts";

/** Every timeout times the clock, at least a millisecond. */
export function scale(timeouts: Timeouts, clock: number): Timeouts {
  const scaled = Object.entries(timeouts).map(([name, value]) => [
    name,
    Math.max(1, Math.round(value * clock)),
  ]);
  return Object.fromEntries(scaled) as Timeouts;
}
