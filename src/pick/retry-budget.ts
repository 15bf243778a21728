// How many requests of a zone may be tried on another origin: a part of all, and a few besides, so that retries never become
// the load that keeps origins down.

import type { FailoverConfig } from "../config/gateway-config.ts";

/** Unused leave is kept for this long. */
const keptSeconds = 10;

/** One zone's leave to try again. */
export class RetryBudget {
  readonly #perRequest: number;
  readonly #perMs: number;
  readonly #most: number;
  #left: number;
  #countedAt = performance.now();

  constructor({ budgetPercent, budgetPerSecond }: FailoverConfig) {
    this.#perRequest = budgetPercent / 100;
    this.#perMs = budgetPerSecond / 1_000;
    this.#most = Math.max(budgetPerSecond * keptSeconds, this.#perRequest * 100, 1);
    this.#left = budgetPerSecond * keptSeconds;
  }

  /** A request has come. */
  earn(): void {
    this.#left = Math.min(this.#most, this.#left + this.#perRequest);
  }

  /** Takes leave for one retry; false if there is none. */
  spend(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#most, this.#left + (now - this.#countedAt) * this.#perMs);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
