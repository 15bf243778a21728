// Times with faults and times without, in turn: what else the machine does falls on both alike.

/** When broken origins are asked for, and when only those that work, in milliseconds since the epoch. */
export class Windows {
  readonly #from: number;
  readonly #windowMs: number;
  readonly #count: number;

  /** So many of each, beginning without faults. */
  constructor(from: number, lastingMs: number, pairs: number) {
    this.#from = from;
    this.#count = pairs * 2;
    this.#windowMs = lastingMs / this.#count;
  }

  get end(): number {
    return this.#from + this.#windowMs * this.#count;
  }

  /** Whether faults are asked for at this moment. */
  isStormy(at: number): boolean {
    return this.indexOf(at) % 2 === 1;
  }

  /** Which of all these times a moment falls into, from 0; those with faults are odd. Before and after it is -1. */
  indexOf(at: number): number {
    const index = Math.floor((at - this.#from) / this.#windowMs);
    return index < 0 || index >= this.#count ? -1 : index;
  }
}
