// Where the admin server has exchanges from: what this process keeps of them, as a rule; or what others do, who are asked.

import type { ExchangeFilter } from "../record/exchange-filter.ts";
import type { RecentExchanges } from "../record/recent-exchanges.ts";
import { type ExchangeFeed, KeptFeed } from "./exchange-feed.ts";
import { type Page, pageOf } from "./exchange-pages.ts";
import { summarise, viewExchange } from "./exchange-views.ts";
import type { ExchangeView, Summary } from "./schemas.ts";

/** Which exchanges are wanted. */
export interface ExchangeQuery {
  readonly filter: ExchangeFilter;
  /** Only those with a smaller `seq`. */
  readonly before: number | undefined;
  /** No more than so many. */
  readonly limit: number;
}

/** Exchanges of late, newest first. */
export interface ExchangeList {
  readonly exchanges: Summary[];
  /** The smallest `seq` that is kept; null if there is none. */
  readonly oldest: number | null;
  /** From this `seq` on none is missing. */
  readonly completeFrom: number;
  /** How many are not kept any more. */
  readonly dropped: number;
}

/** Tells of exchanges that have ended. */
export interface ExchangeSource {
  /** Tells of what passes. */
  readonly feed: ExchangeFeed;
  list(query: ExchangeQuery): Promise<ExchangeList>;
  /** One exchange whole; null if it is gone, or never was. */
  view(ray: string): Promise<ExchangeView | null>;
  /** What its client got, or why there was no page; null if it is gone, or never was. */
  page(ray: string): Promise<Page | null>;
}

/** Those of this process. */
export class KeptExchanges implements ExchangeSource {
  readonly feed: KeptFeed;
  readonly #recent: RecentExchanges;

  constructor(recent: RecentExchanges) {
    this.#recent = recent;
    this.feed = new KeptFeed(recent);
  }

  async list({ filter, before, limit }: ExchangeQuery): Promise<ExchangeList> {
    const { oldest, completeFrom, dropped } = this.#recent;
    const exchanges: Summary[] = [];
    for (const kept of this.#recent.search(filter, before)) {
      if (exchanges.length === limit) break;
      exchanges.push(summarise(kept));
    }
    return { exchanges, oldest, completeFrom, dropped };
  }

  async view(ray: string): Promise<ExchangeView | null> {
    const kept = this.#recent.find(ray);
    return kept === undefined ? null : viewExchange(kept);
  }

  async page(ray: string): Promise<Page | null> {
    const kept = this.#recent.find(ray);
    return kept === undefined ? null : pageOf(kept);
  }
}
