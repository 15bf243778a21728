// The last so many of something, bounded in number and in bytes: whatever comes in, the oldest goes out.

/** A bounded list, oldest first. */
export class Ring<T extends { readonly bytes: number }> {
  /** How many have gone out. */
  dropped = 0;
  readonly #slots: (T | undefined)[];
  readonly #mostBytes: number;
  #first = 0;
  #length = 0;
  #bytes = 0;

  constructor(most: number, mostBytes: number) {
    this.#slots = Array.from({ length: most });
    this.#mostBytes = mostBytes;
  }

  get length(): number {
    return this.#length;
  }

  add(item: T): void {
    if (this.#length === this.#slots.length) this.#dropOldest();
    this.#slots[(this.#first + this.#length) % this.#slots.length] = item;
    this.#length += 1;
    this.#bytes += item.bytes;
    while (this.#bytes > this.#mostBytes && this.#length > 1) this.#dropOldest();
  }

  /** The one at a place, counted from the oldest. */
  at(index: number): T | undefined {
    return index < 0 || index >= this.#length
      ? undefined
      : this.#slots[(this.#first + index) % this.#slots.length];
  }

  #dropOldest(): void {
    this.#bytes -= this.#slots[this.#first]?.bytes ?? 0;
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#slots.length;
    this.#length -= 1;
    this.dropped += 1;
  }
}
