// The exchanges of late, for whoever asks or watches. Failures have a ring of their own, so that a flood of what works does not wash them away.

import type { ExchangeContext } from "../exchange-context.ts";
import type { ExchangeFilter } from "./exchange-filter.ts";
import { keepExchange, type KeptExchange } from "./kept-exchange.ts";
import { Ring } from "./ring.ts";

/** How many exchanges are kept, half of them failures, and about how many bytes of each half. */
const mostExchanges = 1_000;
const mostBytes = 4 * 1024 * 1024;

/** Whether an exchange is wanted. */
export function isWanted(kept: KeptExchange, filter: ExchangeFilter): boolean {
  const { ray, zone, code, failure, status } = filter;
  return (
    (ray === undefined || hasRay(kept, ray)) &&
    (zone === undefined || kept.zone === zone) &&
    (code === undefined || kept.code === code) &&
    (failure === undefined || kept.failure?.type === failure) &&
    (status === undefined || kept.status === status)
  );
}

/** The exchanges of late. */
export class RecentExchanges {
  readonly #passed = new Ring<KeptExchange>(mostExchanges / 2, mostBytes);
  readonly #failed = new Ring<KeptExchange>(mostExchanges / 2, mostBytes);
  readonly #nextSeq: () => number;
  #watcher: ((kept: KeptExchange) => void) | null = null;

  /** `nextSeq` numbers them, each higher than the one before; by default from 1. */
  constructor(nextSeq: () => number = countUp()) {
    this.#nextSeq = nextSeq;
  }

  /** Takes down an exchange that has ended. */
  add(context: ExchangeContext, time: number, totalMs: number): void {
    const kept = keepExchange(context, { seq: this.#nextSeq(), time, totalMs });
    (kept.failure === null ? this.#passed : this.#failed).add(kept);
    this.#watcher?.(kept);
  }

  /** Has one watcher told of every exchange; null sends it away. */
  watch(watcher: ((kept: KeptExchange) => void) | null): void {
    this.#watcher = watcher;
  }

  /** Those that are wanted, newest first, older than `before`. */
  *search(filter: ExchangeFilter, before = Number.POSITIVE_INFINITY): Iterable<KeptExchange> {
    for (const kept of this.#newestFirst()) {
      if (kept.seq < before && isWanted(kept, filter)) yield kept;
    }
  }

  /** The one with this ray id; undefined if it is gone, or never was. */
  find(ray: string): KeptExchange | undefined {
    const [found] = this.search({ ray });
    return found;
  }

  /** The smallest `seq` that there is; null if there is none. */
  get oldest(): number | null {
    const oldest = [this.#passed.at(0), this.#failed.at(0)].flatMap((kept) => kept?.seq ?? []);
    return oldest.length === 0 ? null : Math.min(...oldest);
  }

  /** From this `seq` on none is missing. */
  get completeFrom(): number {
    const gaps = [this.#passed, this.#failed].filter(({ dropped }) => dropped > 0);
    return Math.max(0, ...gaps.flatMap((ring) => ring.at(0)?.seq ?? []));
  }

  /** How many there were that are not kept any more. */
  get dropped(): number {
    return this.#passed.dropped + this.#failed.dropped;
  }

  *#newestFirst(): Iterable<KeptExchange> {
    let passed = this.#passed.length - 1;
    let failed = this.#failed.length - 1;
    for (;;) {
      const left = this.#passed.at(passed);
      const right = this.#failed.at(failed);
      if (left !== undefined && (right === undefined || left.seq > right.seq)) {
        passed -= 1;
        yield left;
      } else if (right !== undefined) {
        failed -= 1;
        yield right;
      } else {
        return;
      }
    }
  }
}

function hasRay({ ray }: KeptExchange, wanted: string): boolean {
  return ray === wanted || ray.startsWith(`${wanted}-`);
}

function countUp(): () => number {
  let seq = 0;
  return () => (seq += 1);
}
