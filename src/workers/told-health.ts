// In a worker: hears of its origins what the primary knows, and tells the primary what requests meet here. Nothing is checked.

import { setImmediate } from "node:timers";

import type { Origin } from "../exchange/origin.ts";
import type { Health } from "../health/origin-health.ts";
import type { Pool } from "../pick/pool.ts";
import type { Trouble } from "../pick/standing.ts";
import type { Zone } from "../zone.ts";
import type { Notices, OriginKey, SharedBinding, SharedLoad, SharedStanding } from "./messages.ts";
import { keyText } from "./origin-key.ts";

/** An origin in service, under the words by which the primary knows it. */
interface Known {
  readonly key: OriginKey;
  readonly origin: Origin;
}

/** The worker's side of the origins' health. */
export class ToldHealth implements Health {
  readonly checks = { counts: [] };
  readonly #notice: (notices: Notices) => void;
  readonly #origins = new Map<Origin, Known>();
  /** By key, also of origins that are not in service yet. */
  readonly #standings = new Map<string, SharedStanding>();
  readonly #failed = new Map<Origin, { count: number; trouble: Trouble }>();
  #bound: SharedBinding[] = [];
  readonly #certificates = new Set<Origin>();
  #isTurnNoted = false;

  /** `notice` hears at the end of each turn of the event loop what has been met in it. */
  constructor(notice: (notices: Notices) => void) {
    this.#notice = notice;
  }

  onOpened(zone: Zone, pool: Pool, origin: Origin): void {
    const { label, address } = origin;
    const key = { zone: zone.name, pool: pool.name, origin: label, address };
    this.#origins.set(origin, { key, origin });
    const known = this.#standings.get(keyText(key));
    if (known !== undefined) origin.standing.follow(known.state);
  }

  onClosed(_zone: Zone, origin: Origin): void {
    this.#origins.delete(origin);
  }

  /** The primary comes to the same by itself, and says so. */
  onStanding(): void {}

  onFailed(_zone: Zone, _pool: string, origin: Origin, trouble: Trouble): void {
    const { count } = this.#failed.get(origin) ?? { count: 0 };
    this.#failed.set(origin, { count: count + 1, trouble });
    this.#noteTurn();
  }

  onBound(zone: Zone, address: string, originId: string): void {
    this.#bound.push({ zone: zone.name, address, originId });
    this.#noteTurn();
  }

  onCertificate(_zone: Zone, origin: Origin): void {
    this.#certificates.add(origin);
    this.#noteTurn();
  }

  /** Takes what the primary knows; `isAll` where it is of every origin. */
  follow(standings: readonly SharedStanding[], isAll: boolean): void {
    if (isAll) this.#standings.clear();
    for (const standing of standings) this.#standings.set(keyText(standing), standing);
    const changed = new Map(standings.map((standing) => [keyText(standing), standing.state]));
    for (const { key, origin } of this.#origins.values()) {
      const state = changed.get(keyText(key));
      if (state !== undefined) origin.standing.follow(state);
    }
  }

  /** What is under way at the origins that have anything to do. */
  get loads(): SharedLoad[] {
    return [...this.#origins.values()].flatMap(({ key, origin }) => {
      const load = { outstanding: origin.outstanding, ...origin.connectionCounts };
      return Object.values(load).some((count) => count > 0) ? [{ ...key, load }] : [];
    });
  }

  close(): void {}

  #noteTurn(): void {
    if (this.#isTurnNoted) return;
    this.#isTurnNoted = true;
    setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    this.#isTurnNoted = false;
    const failed = [...this.#failed].flatMap(([origin, met]) => {
      const known = this.#origins.get(origin);
      return known === undefined ? [] : [{ ...known.key, ...met }];
    });
    const certificates = [...this.#certificates].flatMap((origin) => {
      const known = this.#origins.get(origin);
      const expiresAt = origin.standing.certificateExpiresAt;
      return known === undefined || expiresAt === null ? [] : [{ ...known.key, expiresAt }];
    });
    const bound = this.#bound;
    this.#failed.clear();
    this.#certificates.clear();
    this.#bound = [];
    this.#notice({ failed, bound, certificates });
  }
}
