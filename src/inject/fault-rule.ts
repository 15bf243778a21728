// One rule: which requests a fault is for, and which of those have it.

import type { FaultRuleConfig } from "../config/gateway-config.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { matchesWildcard } from "./wildcard.ts";

/** A rule in force, and what it has done so far. */
export class FaultRule {
  readonly id: string;
  readonly config: FaultRuleConfig;
  /** When it ends, in milliseconds of `performance.now()`; null for no end. */
  readonly endsAt: number | null;
  /** Requests that matched. */
  matched = 0;
  /** Requests that had the fault. */
  injected = 0;
  readonly #random: () => number;

  constructor(id: string, config: FaultRuleConfig) {
    this.id = id;
    this.config = config;
    this.endsAt = config.forMs === null ? null : performance.now() + config.forMs;
    this.#random = config.seed === null ? Math.random : seeded(config.seed);
  }

  /** It can still happen. */
  get isLive(): boolean {
    const { count } = this.config;
    return (
      (count === null || this.injected < count) &&
      (this.endsAt === null || performance.now() < this.endsAt)
    );
  }

  /** Whether this request has the fault. Of requests that match, each asks once. */
  takes(context: ExchangeContext): boolean {
    return this.matches(context) && this.draw();
  }

  /** Whether a request that matches has the fault. */
  draw(): boolean {
    if (!this.isLive) return false;
    this.matched += 1;
    // A choice is made whatever the rate, so that the same seed makes the same ones at another rate.
    const isChosen = this.#random() < this.config.rate;
    if (isChosen) this.injected += 1;
    return isChosen;
  }

  /** It is for such a request, and can still happen. */
  matches({ zone, host, target, req }: ExchangeContext): boolean {
    if (!this.isLive) return false;
    const { zone: zoneName, match } = this.config;
    if (zoneName !== null && zone?.name !== zoneName) return false;
    if (match.host !== null && !matchesWildcard(match.host, host)) return false;
    if (match.method !== null && match.method !== req.method) return false;
    if (match.path !== null && !matchesWildcard(match.path, pathOf(target))) return false;
    return match.fields.every(([name, pattern]) => {
      const value = req.headers[name];
      return value !== undefined && matchesWildcard(pattern, String(value));
    });
  }
}

function pathOf(target: string): string {
  const question = target.indexOf("?");
  return question < 0 ? target : target.slice(0, question);
}

/** Numbers from 0 up to 1, the same for the same seed: mulberry32, by Tommy Ettinger. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
