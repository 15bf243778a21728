// Content kept back until there is enough of it: what an edge that buffers does to small pieces, such as heartbeats of an event stream.

/** At least so many bytes are set aside at first. */
const firstBytes = 4_096;

/** Gathers content up to a limit. Copies: small pieces would keep alive the large ones that they were cut from. */
export class Gathering {
  readonly #limit: number;
  #held: Buffer = Buffer.alloc(0);
  /** Bytes kept back. */
  size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a piece; returns all there is, with the piece, once the limit is reached, else null. */
  add(piece: Buffer): Buffer | null {
    const size = this.size + piece.length;
    if (size >= this.#limit) {
      const held = this.take();
      return held === null ? piece : Buffer.concat([held, piece], size);
    }
    if (size > this.#held.length) this.#grow(size);
    piece.copy(this.#held, this.size);
    this.size = size;
    return null;
  }

  /** All that is kept back, which then is the caller's; null if there is nothing. */
  take(): Buffer | null {
    if (this.size === 0) return null;
    const held = this.#held.subarray(0, this.size);
    this.#held = Buffer.alloc(0);
    this.size = 0;
    return held;
  }

  /** Twice as much each time, and never more than can be kept back. */
  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(
      Math.min(this.#limit, Math.max(firstBytes, needed, this.#held.length * 2)),
    );
    this.#held.copy(larger, 0, 0, this.size);
    this.#held = larger;
  }
}
