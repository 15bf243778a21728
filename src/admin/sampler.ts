// Which exchanges a reader of the stream is shown: no more than a person's screen can follow, errors first, the rest evenly.

/** An exchange, as far as the choice goes by it. */
interface Offered {
  readonly seq: number;
  /** Null if nothing failed. */
  readonly failure: unknown;
}

/** One reader's choice of exchanges. */
export class Sampler<T extends Offered> {
  readonly #most: number;
  #waiting: T[] = [];

  /** No more than `most` are kept waiting. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Offers an exchange. */
  offer(kept: T): void {
    this.#waiting.push(kept);
    if (this.#waiting.length >= 2 * this.#most) this.#thin();
  }

  /** The next ones to show, in their order; the others go on waiting. */
  take(count: number): T[] {
    if (this.#waiting.length > this.#most) this.#thin();
    const failed = this.#waiting.filter(({ failure }) => failure !== null);
    const passed = this.#waiting.filter(({ failure }) => failure === null);
    const shown = new Set([...failed, ...passed].slice(0, count));
    this.#waiting = this.#waiting.filter((kept) => !shown.has(kept));
    return [...shown].toSorted((left, right) => left.seq - right.seq);
  }

  /** Leaves out every so many of what works, and of what failed only if that alone is too much. */
  #thin(): void {
    const failed = this.#waiting.filter(({ failure }) => failure !== null);
    const passed = this.#waiting.filter(({ failure }) => failure === null);
    const errors = evenly(failed, this.#most);
    const rest = evenly(passed, this.#most - errors.length);
    this.#waiting = [...errors, ...rest].toSorted((left, right) => left.seq - right.seq);
  }
}

/** At most so many of a list, at equal distances. */
function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  const step = items.length / most;
  return Array.from({ length: most }, (_, index) => items[Math.floor(index * step)] as T);
}
