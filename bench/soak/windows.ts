// Times with faults and times without, in turn: what else the machine does falls on both alike.

/** When faults are asked for, and when not, in milliseconds since the epoch. */
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

  /** Whether faults are asked for at this moment; null before and after. */
  isStormy(at: number): boolean | null {
    const index = Math.floor((at - this.#from) / this.#windowMs);
    return index < 0 || index >= this.#count ? null : index % 2 === 1;
  }
}
