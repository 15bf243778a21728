// What may be changed while the gateway runs: the two toggles and the profile, for the gateway and for each zone; and its clock.

import type { ErrorSettings } from "./config/gateway-config.ts";
import type { Zone } from "./zone.ts";

/** A change of what clients are told, and of how fast time passes. */
export interface SettingsChange extends Partial<
  Pick<ErrorSettings, "codes" | "pages" | "profile">
> {
  /** Scales every timeout of requests that begin after it. For the gateway and every zone, never for one. */
  readonly clock?: number;
}

/** What a gateway starts with. */
export interface InitialSettings {
  readonly errors: ErrorSettings;
  readonly clock: number;
  /** Names of the profiles that there are. */
  readonly profiles: readonly string[];
}

/** The settings in force. */
export class Settings {
  /** For hosts that no zone has; zones have their own. */
  errors: ErrorSettings;
  clock: number;
  readonly profiles: readonly string[];
  readonly #zones: readonly Zone[];
  readonly #listeners = new Set<() => void>();
  /** Changes that outlive the configuration that they were made under, by zone; "" is the gateway and every zone. */
  readonly #pinned = new Map<string, SettingsChange>();

  constructor({ errors, clock, profiles }: InitialSettings, zones: readonly Zone[]) {
    this.errors = errors;
    this.clock = clock;
    this.profiles = profiles;
    this.#zones = zones;
  }

  /** Changes one zone, or the gateway and every zone. Takes effect with the next answer. */
  change(change: SettingsChange, zoneName?: string, survivesReload = false): void {
    const { clock, ...errors } = change;
    if (zoneName === undefined) this.errors = { ...this.errors, ...errors };
    if (clock !== undefined) this.clock = clock;
    for (const zone of this.#zones) {
      if (zoneName === undefined || zone.name === zoneName)
        zone.errors = { ...zone.errors, ...errors };
      if (clock !== undefined) zone.setClock(clock);
    }
    if (survivesReload) {
      const key = zoneName ?? "";
      this.#pinned.set(key, { ...this.#pinned.get(key), ...change });
    }
    for (const listener of this.#listeners) listener();
  }

  /** Changes that a new configuration does not undo. */
  get pinned(): ReadonlyMap<string, SettingsChange> {
    return this.#pinned;
  }

  /** Has a listener called after each change; what it returns sends it away. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
