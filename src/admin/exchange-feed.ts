// What passes, for those who look on: the counts of all of it, and as many exchanges for each reader as a person's screen can follow.
// With nobody looking the recorder calls nobody.

import type { KeptExchange } from "../record/kept-exchange.ts";
import type { ExchangeFilter } from "../record/exchange-filter.ts";
import { isWanted, type RecentExchanges } from "../record/recent-exchanges.ts";
import { summarise } from "./exchange-views.ts";
import { Sampler } from "./sampler.ts";
import type { Summary } from "./schemas.ts";

/** How often a feed is asked, in milliseconds; and how many exchanges a reader is shown each time: fifty a second, evenly. */
export const slotMs = 100;
const exchangesPerSlot = 5;

/** A reader has no more exchanges waiting than it is shown in a second. */
const mostWaiting = (exchangesPerSlot * 1_000) / slotMs;

/** How many exchanges there were: every one, shown or not. */
export class PassedCounts {
  requests = 0;
  readonly statuses = new Map<number, number>();
  readonly codes = new Map<number, number>();
  readonly failures = new Map<string, number>();

  count({ status, code, failure }: KeptExchange): void {
    this.requests += 1;
    increment(this.statuses, status, 1);
    if (code !== null) increment(this.codes, code, 1);
    if (failure !== null) increment(this.failures, failure.type, 1);
  }

  /** Adds what was counted elsewhere, or before. */
  add({ requests, statuses, codes, failures }: Omit<PassedCounts, "add" | "count">): void {
    this.requests += requests;
    for (const [status, count] of statuses) increment(this.statuses, status, count);
    for (const [code, count] of codes) increment(this.codes, code, count);
    for (const [failure, count] of failures) increment(this.failures, failure, count);
  }
}

/** What has passed since the feed was last asked. */
export interface Passed {
  readonly counts: Omit<PassedCounts, "add" | "count">;
  /** What each reader is shown, by its number. */
  readonly shown: ReadonlyMap<number, readonly Summary[]>;
}

/** Tells readers of what passes. */
export interface ExchangeFeed {
  /** Has a reader, which has a number, shown the exchanges that are wanted. */
  open(reader: number, filter: ExchangeFilter): void;
  shut(reader: number): void;
  take(): Passed;
}

/** Chooses for readers from what they may be shown. */
export class Samplers<T extends { readonly seq: number; readonly failure: unknown }> {
  readonly #byReader = new Map<
    number,
    { readonly filter: ExchangeFilter; readonly sampler: Sampler<T> }
  >();

  get size(): number {
    return this.#byReader.size;
  }

  /** Every reader with its filter. */
  get readers(): readonly (readonly [reader: number, filter: ExchangeFilter])[] {
    return [...this.#byReader].map(([reader, { filter }]) => [reader, filter]);
  }

  open(reader: number, filter: ExchangeFilter): void {
    this.#byReader.set(reader, { filter, sampler: new Sampler(mostWaiting) });
  }

  shut(reader: number): void {
    this.#byReader.delete(reader);
  }

  /** Offers an exchange to the readers that want it. */
  offer(exchange: T, isFor: (filter: ExchangeFilter) => boolean): void {
    for (const { filter, sampler } of this.#byReader.values())
      if (isFor(filter)) sampler.offer(exchange);
  }

  /** Offers an exchange to one reader. */
  offerTo(reader: number, exchange: T): void {
    this.#byReader.get(reader)?.sampler.offer(exchange);
  }

  /** What each reader is shown next. */
  take(): Map<number, T[]> {
    return new Map(
      [...this.#byReader].map(([reader, { sampler }]) => [reader, sampler.take(exchangesPerSlot)]),
    );
  }
}

/** Tells of what ends in this process. */
export class KeptFeed implements ExchangeFeed {
  readonly #recent: RecentExchanges;
  readonly #samplers = new Samplers<KeptExchange>();
  #counts = new PassedCounts();

  constructor(recent: RecentExchanges) {
    this.#recent = recent;
  }

  open(reader: number, filter: ExchangeFilter): void {
    if (this.#samplers.size === 0) {
      this.#counts = new PassedCounts();
      this.#recent.watch((kept) => this.#passed(kept));
    }
    this.#samplers.open(reader, filter);
  }

  shut(reader: number): void {
    this.#samplers.shut(reader);
    if (this.#samplers.size === 0) this.#recent.watch(null);
  }

  take(): Passed {
    const counts = this.#counts;
    this.#counts = new PassedCounts();
    const chosen = [...this.#samplers.take()];
    return {
      counts,
      shown: new Map(chosen.map(([reader, kept]) => [reader, kept.map(summarise)])),
    };
  }

  #passed(kept: KeptExchange): void {
    this.#counts.count(kept);
    this.#samplers.offer(kept, (filter) => isWanted(kept, filter));
  }
}

function increment<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
