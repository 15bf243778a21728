// What may be changed while the gateway runs: the two toggles and the profile, for the gateway and for each zone; and its clock.

import type { ErrorSettings } from "./config/gateway-config.ts";
import type { InForce } from "./reload/in-force.ts";

/** A change of what clients are told, and of how fast time passes. */
export interface SettingsChange extends Partial<
  Pick<ErrorSettings, "codes" | "pages" | "profile">
> {
  /** Scales every timeout of requests that begin after it. For the gateway and every zone, never for one. */
  readonly clock?: number;
}

/** What clients are told, without who is an exception. */
type Toggles = Pick<ErrorSettings, "codes" | "pages" | "profile">;

/** Everything that can be changed, as it is: for another process that goes by it. */
export interface SettingsState {
  readonly clock: number;
  readonly gateway: Toggles;
  /** By name. */
  readonly zones: ReadonlyMap<string, Toggles>;
}

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
  readonly #listeners = new Set<() => void>();

  constructor(inForce: Pick<InForce, "edition">) {
    this.#inForce = inForce;
  }

  /** For hosts that no zone has; zones have their own. */
  get errors(): ErrorSettings {
    return this.#inForce.edition.errors;
  }

  get clock(): number {
    return this.#inForce.edition.clock;
  }

  /** Names of the profiles that there are. */
  get profiles(): readonly string[] {
    return [...this.#inForce.edition.profiles.keys()];
  }

  /** What is in force. */
  get state(): SettingsState {
    const { clock, errors, zones } = this.#inForce.edition;
    return {
      clock,
      gateway: togglesOf(errors),
      zones: new Map(zones.map((zone) => [zone.name, togglesOf(zone.errors)])),
    };
  }

  /** Puts in force what is in another process. */
  follow({ clock, gateway, zones }: SettingsState): void {
    const { edition } = this.#inForce;
    edition.errors = { ...edition.errors, ...gateway };
    for (const zone of edition.zones) zone.errors = { ...zone.errors, ...zones.get(zone.name) };
    this.#setClock(clock);
  }

  /** Changes one zone, or the gateway and every zone. Takes effect with the next answer. */
  change(change: SettingsChange, zoneName?: string, options: ChangeOptions = {}): void {
    const { clock, ...errors } = change;
    const { edition } = this.#inForce;
    if (zoneName === undefined) edition.errors = { ...edition.errors, ...errors };
    for (const zone of edition.zones) {
      if (zoneName === undefined || zone.name === zoneName)
        zone.errors = { ...zone.errors, ...errors };
    }
    if (clock !== undefined) this.#setClock(clock);
    if (options.survivesReload === true) this.#keep(change, zoneName);
    for (const listener of this.#listeners) listener();
  }

  /** After a reload: what the configuration says counts, and on top of it the changes that survive. */
  reset(): void {
    const { edition } = this.#inForce;
    const { clock = edition.config.clock, ...everywhere } = this.#kept(undefined);
    edition.errors = { ...edition.config.errors, ...everywhere };
    for (const zone of edition.zones)
      zone.errors = { ...zone.config.errors, ...everywhere, ...this.#kept(zone.name) };
    this.#setClock(clock);
    for (const listener of this.#listeners) listener();
  }

  /** Has a listener called after each change; what it returns sends it away. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #setClock(clock: number): void {
    const { edition } = this.#inForce;
    edition.clock = clock;
    for (const zone of edition.zones) zone.setClock(clock);
  }

  #keep(change: SettingsChange, zoneName: string | undefined): void {
    const names = zoneName === undefined ? [undefined, ...this.#lasting.keys()] : [zoneName];
    for (const name of names) this.#lasting.set(name, { ...this.#lasting.get(name), ...change });
  }

  /** Without a profile that has gone from the configuration. */
  #kept(zoneName: string | undefined): SettingsChange {
    const { profile, ...others } = this.#lasting.get(zoneName) ?? {};
    const isKnown = profile !== undefined && this.#inForce.edition.profiles.has(profile);
    return isKnown ? { ...others, profile } : others;
  }
}

function togglesOf({ codes, pages, profile }: ErrorSettings): Toggles {
  return { codes, pages, profile };
}
