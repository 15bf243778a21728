// In the primary: exchanges of late, asked of every worker when somebody asks, and put in one order.

import { type ExchangeFeed, type Passed, PassedCounts, Samplers } from "../admin/exchange-feed.ts";
import {
  type ExchangeList,
  type ExchangeQuery,
  type ExchangeSource,
  KeptExchanges,
} from "../admin/exchange-source.ts";
import type { Page } from "../admin/exchange-pages.ts";
import type { ExchangeView, Summary } from "../admin/schemas.ts";
import type { ExchangeFilter } from "../record/exchange-filter.ts";
import type { RecentExchanges } from "../record/recent-exchanges.ts";
import type { PrimaryCalls, WorkerCalls } from "./messages.ts";
import type { Wire } from "./wire.ts";

/** The workers, as far as they can be asked. */
export interface Askable {
  /** Asks each of them; whoever has gone, or does not answer in time, is left out. */
  askAll<K extends "list" | "view" | "page">(
    name: K,
    ...args: Parameters<WorkerCalls[K]>
  ): Promise<Awaited<ReturnType<WorkerCalls[K]>>[]>;
  tellAll(tellOne: (wire: Wire<WorkerCalls, PrimaryCalls>) => void): void;
}

/** The exchanges of the workers, and those that the primary had to record for one. */
export class CrewExchanges implements ExchangeSource {
  readonly feed: CrewFeed;
  readonly #workers: Askable;
  readonly #own: KeptExchanges;

  constructor(workers: Askable, recent: RecentExchanges) {
    this.#workers = workers;
    this.#own = new KeptExchanges(recent);
    this.feed = new CrewFeed(workers, this.#own.feed);
  }

  async list(query: ExchangeQuery): Promise<ExchangeList> {
    const lists = [await this.#own.list(query), ...(await this.#workers.askAll("list", query))];
    const kept = lists.flatMap(({ oldest }) => oldest ?? []);
    return {
      exchanges: lists
        .flatMap(({ exchanges }) => exchanges)
        .toSorted((left, right) => right.seq - left.seq)
        .slice(0, query.limit),
      oldest: kept.length === 0 ? null : Math.min(...kept),
      completeFrom: Math.max(...lists.map(({ completeFrom }) => completeFrom)),
      dropped: lists.reduce((sum, { dropped }) => sum + dropped, 0),
    };
  }

  async view(ray: string): Promise<ExchangeView | null> {
    const own = await this.#own.view(ray);
    return own ?? firstOf(await this.#workers.askAll("view", ray));
  }

  async page(ray: string): Promise<Page | null> {
    const own = await this.#own.page(ray);
    return own ?? firstOf(await this.#workers.askAll("page", ray));
  }
}

/** What passes at every worker. */
export class CrewFeed implements ExchangeFeed {
  readonly #workers: Askable;
  readonly #own: ExchangeFeed;
  readonly #samplers = new Samplers<Summary>();
  #counts = new PassedCounts();

  constructor(workers: Askable, own: ExchangeFeed) {
    this.#workers = workers;
    this.#own = own;
  }

  /** Who looks on, for a worker that is new. */
  get readers(): readonly (readonly [reader: number, filter: ExchangeFilter])[] {
    return this.#samplers.readers;
  }

  open(reader: number, filter: ExchangeFilter): void {
    if (this.#samplers.size === 0) this.#counts = new PassedCounts();
    this.#samplers.open(reader, filter);
    this.#own.open(reader, filter);
    this.#workers.tellAll((wire) => void wire.tell("open", reader, filter));
  }

  shut(reader: number): void {
    this.#samplers.shut(reader);
    this.#own.shut(reader);
    this.#workers.tellAll((wire) => void wire.tell("shut", reader));
  }

  /** Takes what has passed at one of them. */
  passed({ counts, shown }: Passed): void {
    this.#counts.add(counts);
    for (const [reader, exchanges] of shown)
      for (const exchange of exchanges) this.#samplers.offerTo(reader, exchange);
  }

  take(): Passed {
    this.passed(this.#own.take());
    const counts = this.#counts;
    this.#counts = new PassedCounts();
    return { counts, shown: this.#samplers.take() };
  }
}

function firstOf<T>(answers: readonly (T | null)[]): T | null {
  return answers.find((answer) => answer !== null) ?? null;
}
