// The edition in force, and how it gives way to the next. Zones come into force and retire here, and nowhere else.

import { isDeepStrictEqual } from "node:util";

import type { GatewayConfig } from "../config/gateway-config.ts";
import type { Metrics } from "../record/metrics.ts";
import { Zone, type ZoneListener } from "../zone.ts";
import { Edition } from "./edition.ts";
import type { ZoneChanges } from "./reload-outcome.ts";

/** Holds the edition in force. */
export class InForce {
  #edition: Edition;
  readonly #metrics: Metrics;
  readonly #listener: ZoneListener;
  /** Zones of earlier editions that still have something under way. */
  readonly #retiring = new Set<Zone>();

  constructor(config: GatewayConfig, metrics: Metrics, listener: ZoneListener) {
    this.#metrics = metrics;
    this.#listener = listener;
    const zones = config.zones.map((zone) => new Zone(zone, listener));
    this.#edition = new Edition(config, zones);
  }

  get edition(): Edition {
    return this.#edition;
  }

  /** Brings the first edition into force. */
  open(): void {
    this.#proclaim();
    for (const zone of this.#edition.zones) this.#enter(zone);
  }

  /** Lets another configuration take the place of the one in force. Zones that it does not change stay as they are. */
  replace(config: GatewayConfig): ZoneChanges {
    const before = new Map(this.#edition.zones.map((zone) => [zone.name, zone]));
    const entering: Zone[] = [];
    const retiring = new Set(this.#edition.zones);
    const zones = config.zones.map((zoneConfig) => {
      const old = before.get(zoneConfig.name);
      if (old !== undefined && isDeepStrictEqual(old.config, zoneConfig)) {
        retiring.delete(old);
        return old;
      }
      const zone = new Zone(zoneConfig, this.#listener, old ?? null);
      entering.push(zone);
      return zone;
    });

    this.#edition = new Edition(config, zones);
    this.#proclaim();
    for (const zone of entering) this.#enter(zone);
    for (const zone of retiring) this.#retire(zone);
    const names = new Set(zones.map(({ name }) => name));
    return {
      added: namesOf(entering.filter(({ name }) => !before.has(name))),
      changed: namesOf(entering.filter(({ name }) => before.has(name))),
      removed: namesOf([...retiring].filter(({ name }) => !names.has(name))),
    };
  }

  /** Closes every zone, of this edition and of those before it. */
  close(): void {
    for (const zone of [...this.#edition.zones, ...this.#retiring]) zone.close();
  }

  /** What an edition means for all of its zones. */
  #proclaim(): void {
    const { codes, statuses, profiles, zones } = this.#edition;
    this.#metrics.expect(codes, statuses);
    for (const zone of zones) zone.profiles = profiles;
  }

  /** Where a zone comes into force. The zone whose place it takes, if there is one, retires afterwards. */
  #enter(zone: Zone): void {
    this.#metrics.enter(zone);
    zone.open();
  }

  /** Where a zone goes out of force: requests under way end with it, and then it closes. */
  #retire(zone: Zone): void {
    this.#metrics.leave(zone);
    this.#retiring.add(zone);
    void zone.retire().then(() => {
      this.#retiring.delete(zone);
      zone.close();
    });
  }
}

function namesOf(zones: readonly Zone[]): string[] {
  return zones.map(({ name }) => name);
}
