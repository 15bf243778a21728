// What may be changed while the gateway runs: the two toggles and the profile, for the gateway and for each zone.

import type { ErrorSettings } from "./config/gateway-config.ts";
import type { Zone } from "./zone.ts";

/** A change of what clients are told. */
export type SettingsChange = Partial<Pick<ErrorSettings, "codes" | "pages" | "profile">>;

/** The settings in force. */
export class Settings {
  /** For hosts that no zone has; zones have their own. */
  errors: ErrorSettings;
  readonly #zones: readonly Zone[];

  constructor(errors: ErrorSettings, zones: readonly Zone[]) {
    this.errors = errors;
    this.#zones = zones;
  }

  /** Changes one zone, or the gateway and every zone. Takes effect with the next answer. */
  change(change: SettingsChange, zoneName?: string): void {
    if (zoneName === undefined) this.errors = { ...this.errors, ...change };
    for (const zone of this.#zones) {
      if (zoneName === undefined || zone.name === zoneName)
        zone.errors = { ...zone.errors, ...change };
    }
  }
}
