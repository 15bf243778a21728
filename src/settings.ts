// What may be changed while the gateway runs: the two toggles and the profile, for the gateway and for each zone.

import type { ErrorSettings } from "./config/gateway-config.ts";
import type { InForce } from "./reload/in-force.ts";

/** A change of what clients are told. */
export type SettingsChange = Partial<Pick<ErrorSettings, "codes" | "pages" | "profile">>;

/** How long a change lasts. */
export interface ChangeOptions {
  /** Keep it when the configuration is reloaded; else the file counts again. */
  readonly survivesReload?: boolean;
}

/** The settings in force. */
export class Settings {
  readonly #inForce: Pick<InForce, "edition">;
  /** Changes that survive a reload, by zone; the gateway's under undefined. */
  readonly #lasting = new Map<string | undefined, SettingsChange>();

  constructor(inForce: Pick<InForce, "edition">) {
    this.#inForce = inForce;
  }

  /** For hosts that no zone has; zones have their own. */
  get errors(): ErrorSettings {
    return this.#inForce.edition.errors;
  }

  /** Changes one zone, or the gateway and every zone. Takes effect with the next answer. */
  change(change: SettingsChange, zoneName?: string, options: ChangeOptions = {}): void {
    const { edition } = this.#inForce;
    if (zoneName === undefined) edition.errors = { ...edition.errors, ...change };
    for (const zone of edition.zones) {
      if (zoneName === undefined || zone.name === zoneName)
        zone.errors = { ...zone.errors, ...change };
    }
    if (options.survivesReload === true) this.#keep(change, zoneName);
  }

  /** After a reload: what the configuration says counts, and on top of it the changes that survive. */
  reset(): void {
    const { edition } = this.#inForce;
    const everywhere = this.#kept(undefined);
    edition.errors = { ...edition.config.errors, ...everywhere };
    for (const zone of edition.zones)
      zone.errors = { ...zone.config.errors, ...everywhere, ...this.#kept(zone.name) };
  }

  #keep(change: SettingsChange, zoneName: string | undefined): void {
    const names = zoneName === undefined ? [undefined, ...this.#lasting.keys()] : [zoneName];
    for (const name of names) this.#lasting.set(name, { ...this.#lasting.get(name), ...change });
  }

  /** Without a profile that has gone from the configuration. */
  #kept(zoneName: string | undefined): SettingsChange {
    const { profile, ...toggles } = this.#lasting.get(zoneName) ?? {};
    const isKnown = profile !== undefined && this.#inForce.edition.profiles.has(profile);
    return isKnown ? { ...toggles, profile } : toggles;
  }
}
