// Which origin each client address belongs to: as many as fit, those that were heard of last.

/** Addresses that a zone remembers. */
const mostAddresses = 65_536;

interface Binding {
  readonly originId: string;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
}

/** A zone's clients by address. */
export class AddressTable {
  readonly #ttlMs: number;
  readonly #limit: number;
  /** In the order of their use, the one that was not used for longest first. */
  readonly #bindings = new Map<string, Binding>();

  constructor(ttlMs: number, limit = mostAddresses) {
    this.#ttlMs = ttlMs;
    this.#limit = limit;
  }

  get size(): number {
    return this.#bindings.size;
  }

  /** The origin that an address belongs to, which it does for longer now; null if it belongs to none. */
  use(address: string): string | null {
    const binding = this.#bindings.get(address);
    if (binding === undefined || this.#isOver(binding)) return null;
    this.bind(address, binding.originId);
    return binding.originId;
  }

  /** Gives an address to an origin. What is over, or too much, goes. */
  bind(address: string, originId: string): void {
    this.#bindings.delete(address);
    this.#bindings.set(address, { originId, usedAt: Date.now() });
    for (const [oldest, binding] of this.#bindings) {
      if (this.#bindings.size <= this.#limit && !this.#isOver(binding)) return;
      this.#bindings.delete(oldest);
    }
  }

  /** Takes over what another table knows. */
  takeOver(other: AddressTable): void {
    for (const [address, binding] of other.#bindings) this.#bindings.set(address, binding);
  }

  #isOver({ usedAt }: Binding): boolean {
    return Date.now() - usedAt >= this.#ttlMs;
  }
}
