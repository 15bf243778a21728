// How the admin API sees a gateway: its settings, its zones, and how their origins stand.

import type { ErrorSettings } from "../config/gateway-config.ts";
import type { Zone } from "../zone.ts";
import type { SettingsView, ZoneView } from "./schemas.ts";
import type { AdminSubject } from "./subject.ts";

/** The settings in force. */
export function viewSettings({
  settings,
  zones,
}: Pick<AdminSubject, "settings" | "zones">): SettingsView {
  return {
    ...togglesOf(settings.errors),
    clock: settings.clock,
    profiles: [...settings.profiles],
    zones: zones.map(({ name, errors }) => ({ zone: name, ...togglesOf(errors) })),
  };
}

function togglesOf({ codes, pages, profile }: ErrorSettings) {
  return { codes, pages, profile };
}

/** A zone, and how its origins stand. */
export function viewZone({ name, config, errors, pools }: Zone): ZoneView {
  return {
    zone: name,
    hosts: [...config.hosts],
    ssl: config.ssl,
    ...togglesOf(errors),
    origins: pools.flatMap((pool) =>
      pool.origins.map((origin) => ({
        origin: origin.label,
        pool: pool.name,
        address: origin.address,
        weight: origin.config.weight,
        enabled: pool.config.isEnabled && origin.config.isEnabled,
        state: origin.standing.isEjected ? ("ejected" as const) : origin.standing.verdict,
        outstanding: origin.outstanding,
        connections: { ...origin.connectionCounts },
      })),
    ),
  };
}
