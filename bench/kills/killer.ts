// Kills origins at random moments and starts them again, and remembers when each of them was up.

import { setTimeout as sleep } from "node:timers/promises";

import type { OriginProcess } from "../../test/helpers/origin-process.ts";

/** How long all origins are left alone, and how long those that were killed stay dead, in milliseconds: from, to. */
const aliveMs = [300, 3_000] as const;
const deadMs = [200, 4_000] as const;
/** How often two die at once. */
const twoOf = 0.2;

/** A time in which an origin was not there for certain, in milliseconds since the epoch. */
interface Outage {
  readonly origin: OriginProcess;
  readonly from: number;
  /** Infinity until it listens again. */
  to: number;
}

/** Kills. */
export class Killer {
  readonly origins: readonly OriginProcess[];
  readonly outages: Outage[] = [];
  readonly #random: () => number;

  constructor(origins: readonly OriginProcess[], random: () => number) {
    this.origins = origins;
    this.#random = random;
  }

  /** Goes on until this moment, in milliseconds since the epoch; all origins are up then. */
  async rageUntil(end: number): Promise<void> {
    for (;;) {
      await sleep(this.#between(aliveMs));
      if (Date.now() > end) return;
      const victims = this.#victims();
      const outages = victims.map((origin) => ({ origin, from: Date.now(), to: Infinity }));
      this.outages.push(...outages);
      await Promise.all(victims.map((origin) => origin.kill()));
      await sleep(this.#between(deadMs));
      await Promise.all(victims.map((origin) => origin.startAgain()));
      for (const outage of outages) outage.to = Date.now();
    }
  }

  /** Origins that were down at some moment between these two, in milliseconds since the epoch. */
  downBetween(from: number, to: number): ReadonlySet<OriginProcess> {
    const hit = this.outages.filter((outage) => outage.from <= to && outage.to >= from);
    return new Set(hit.map(({ origin }) => origin));
  }

  #victims(): readonly OriginProcess[] {
    const left = [...this.origins];
    const count = this.#random() < twoOf ? 2 : 1;
    return Array.from({ length: count }, () =>
      left.splice(Math.floor(this.#random() * left.length), 1),
    ).flat();
  }

  #between([least, most]: readonly [number, number]): number {
    return least + this.#random() * (most - least);
  }
}
