// What clients are told, and changes of it. A change shows at once, and goes back if the gateway refuses it.

import { computed, signal } from "@preact/signals";

import { order, type Problem } from "../api/ask.ts";
import type { Settings, Told } from "../api/types.ts";
import { place } from "./place.ts";

/** The settings in force; null until they are known. */
export const settings = signal<Settings | null>(null);

/** Why the last change was refused. */
export const refusal = signal<Problem | null>(null);

/** What the chosen zone's clients are told, or those of the gateway. */
export const told = computed<Told | null>(() => {
  const { zone } = place.value;
  const zones = settings.value?.zones ?? [];
  return zone === "" ? settings.value : (zones.find((one) => one.zone === zone) ?? null);
});

/** How many zones tell their clients something else than the gateway says. */
export const differing = computed(() => {
  const all = settings.value;
  if (all === null) return 0;
  return all.zones.filter(
    ({ codes, pages, profile }) =>
      codes !== all.codes || pages !== all.pages || profile !== all.profile,
  ).length;
});

/** Changes what the chosen zone's clients are told, or everybody. */
export async function tell(change: Partial<Told>): Promise<void> {
  const before = settings.value;
  if (before === null) return;
  const { zone } = place.value;
  settings.value = withChange(before, change, zone);
  const after = await order<Settings>("PATCH", "settings", {
    ...change,
    ...(zone !== "" && { zone }),
  });
  settings.value = after.value ?? before;
  refusal.value = after.problem;
}

function withChange(all: Settings, change: Partial<Told>, zone: string): Settings {
  return {
    ...all,
    ...(zone === "" && change),
    zones: all.zones.map((one) => (zone === "" || one.zone === zone ? { ...one, ...change } : one)),
  };
}
