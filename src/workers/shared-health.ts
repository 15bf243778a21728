// In the primary: keeps an eye on origins as ever, and has each change of how one stands told to the workers.

import type { Origin } from "../exchange/origin.ts";
import { type Health, OriginHealth } from "../health/origin-health.ts";
import type { Pool } from "../pick/pool.ts";
import type { StandingChange, StandingState } from "../pick/standing.ts";
import type { Zone } from "../zone.ts";
import type { SharedStanding } from "./messages.ts";

/** The primary's side of the origins' health. */
export class SharedHealth implements Health {
  readonly #health: OriginHealth;
  readonly #onMoved: (standing: SharedStanding) => void;
  /** What the workers were told last. */
  readonly #told = new WeakMap<Origin, string>();

  /** `onMoved` hears of each change. */
  constructor(health: OriginHealth, onMoved: (standing: SharedStanding) => void) {
    this.#health = health;
    this.#onMoved = onMoved;
  }

  get checks(): Health["checks"] {
    return this.#health.checks;
  }

  onOpened(zone: Zone, pool: Pool, origin: Origin): void {
    this.#health.onOpened(zone, pool, origin);
  }

  onStanding(zone: Zone, pool: string, origin: Origin, change: StandingChange): void {
    this.#health.onStanding(zone, pool, origin, change);
    this.#tell(zone, pool, origin);
  }

  onChecked(zone: Zone, pool: string, origin: Origin): void {
    this.#tell(zone, pool, origin);
  }

  onCertificate(zone: Zone, origin: Origin): void {
    this.#health.onCertificate(zone, origin);
  }

  onClosed(zone: Zone, origin: Origin): void {
    this.#health.onClosed(zone, origin);
  }

  close(): void {
    this.#health.close();
  }

  #tell(zone: Zone, pool: string, origin: Origin): void {
    const { label, address, standing } = origin;
    const { state } = standing;
    const words = wordsOf(state);
    if (this.#told.get(origin) === words) return;
    this.#told.set(origin, words);
    this.#onMoved({ zone: zone.name, pool, origin: label, address, state });
  }
}

/** The same for two states that make no difference to a request: not when a check was, nor how long something takes yet. */
function wordsOf({ verdict, trouble, lastCheck, ejection, risenMs }: StandingState): string {
  return JSON.stringify([
    verdict,
    trouble,
    lastCheck === null ? null : lastCheck.trouble,
    ejection?.trouble,
    ejection !== null,
    risenMs !== null,
  ]);
}
