// Zones and how their origins stand, asked for while somebody looks.

import { effect, signal } from "@preact/signals";

import { ask } from "../api/ask.ts";
import type { Summary, ZoneFacts, ZonePools } from "../api/types.ts";
import { lastOfZones } from "./exchanges.ts";
import { needsToken } from "./session.ts";

/** A zone as the dashboard shows it. */
export interface ZoneView {
  readonly zone: string;
  readonly ssl: string;
  readonly pools: ZonePools["pools"];
  /** The last exchange of the zone that the list has. */
  readonly last: Summary | null;
}

/** Every zone; null until they are known. */
export const zones = signal<readonly ZoneView[] | null>(null);

/** Between two questions, in milliseconds. */
const everyMs = 2_000;

/** Whether the gateway tells of pools; an older one does not. */
let hasPools = true;

/** Asks again and again from now on, while the page is visible. */
export function startZones(): void {
  effect(() => {
    if (!needsToken.value) void look();
  });
  setInterval(() => {
    if (!document.hidden && !needsToken.value) void look();
  }, everyMs);
}

let isLooking = false;

async function look(): Promise<void> {
  if (isLooking) return;
  isLooking = true;
  const [facts, pools] = await Promise.all([
    ask<readonly ZoneFacts[]>("zones"),
    hasPools ? ask<readonly ZonePools[]>("pools") : null,
  ]);
  isLooking = false;
  if (pools?.problem?.status === 404) hasPools = false;
  if (facts.value === null) return;
  const last = lastOfZones();
  zones.value = facts.value.map((zone) => ({
    ...viewOf(zone, pools?.value),
    last: last.get(zone.zone) ?? null,
  }));
}

function viewOf(facts: ZoneFacts, pools: readonly ZonePools[] | null | undefined) {
  const { zone, ssl, origins } = facts;
  const known = pools?.find((one) => one.zone === zone);
  return { zone, ssl, pools: known?.pools ?? poolsOf(origins) };
}

/** The pools that origins say they are in. */
function poolsOf(origins: ZoneFacts["origins"]): ZonePools["pools"] {
  const names = [...new Set(origins.map(({ pool }) => pool))];
  return names.map((pool) => ({
    pool,
    origins: origins.filter((one) => one.pool === pool),
  }));
}
