// A copy of what was read of a request's content, so that an origin can be sent it again from its start: as long as it is little.

/** At least so many bytes are set aside at first. */
const firstBytes = 4_096;

/** Copies content up to a limit. Copies: small pieces would keep alive the large ones that they were cut from. */
export class BodyCopy {
  readonly #limit: number;
  #held: Buffer = Buffer.alloc(0);
  #size = 0;
  #isWhole = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether all that was read is here. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** All that was read so far. What is added later does not change it. */
  get bytes(): Buffer {
    return this.#held.subarray(0, this.#size);
  }

  /** Takes the next piece. One that does not fit ends the copy. */
  add(piece: Buffer): void {
    if (!this.#isWhole) return;
    const size = this.#size + piece.length;
    if (size > this.#limit) return this.drop();
    if (size > this.#held.length) this.#grow(size);
    piece.copy(this.#held, this.#size);
    this.#size = size;
  }

  /** Nobody will ask for it any more. */
  drop(): void {
    this.#isWhole = false;
    this.#held = Buffer.alloc(0);
    this.#size = 0;
  }

  /** Twice as much each time, and never more than may be kept. */
  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(
      Math.min(this.#limit, Math.max(firstBytes, needed, this.#held.length * 2)),
    );
    this.#held.copy(larger, 0, 0, this.#size);
    this.#held = larger;
  }
}
