// Which origin each client address belongs to: as many as fit, those that were heard of last.

/** Addresses that a zone remembers. */
const mostAddresses = 65_536;

interface Binding {
  readonly originId: string;
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
  /** When it was told last. */
  readonly toldAt: number;
}

/** Told of clients and their origins: when they come together, and so often after that the time to live does not run out unheard. */
export type BindingListener = (address: string, originId: string) => void;

/** It is told anew that a client is still with its origin, when this part of the time to live has passed. */
const toldEvery = 0.1;

/** A zone's clients by address. */
export class AddressTable {
  readonly #ttlMs: number;
  readonly #limit: number;
  readonly #onBound: BindingListener;
  /** In the order of their use, the one that was not used for longest first. */
  readonly #bindings = new Map<string, Binding>();

  constructor(ttlMs: number, limit = mostAddresses, onBound: BindingListener = () => {}) {
    this.#ttlMs = ttlMs;
    this.#limit = limit;
    this.#onBound = onBound;
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

  /** Gives an address to an origin. */
  bind(address: string, originId: string): void {
    const now = Date.now();
    const known = this.#bindings.get(address);
    const isTold = known?.originId === originId && now - known.toldAt < this.#ttlMs * toldEvery;
    this.#put(address, { originId, usedAt: now, toldAt: isTold ? known.toldAt : now });
    if (!isTold) this.#onBound(address, originId);
  }

  /** Takes another process' word that an address belongs to an origin. */
  learn(address: string, originId: string, usedAt = Date.now()): void {
    this.#put(address, { originId, usedAt, toldAt: Date.now() });
  }

  /** Every address with its origin, and when it was used last. */
  get bindings(): readonly (readonly [address: string, originId: string, usedAt: number])[] {
    return [...this.#bindings].map(([address, { originId, usedAt }]) => [
      address,
      originId,
      usedAt,
    ]);
  }

  /** What is over, or too much, goes. */
  #put(address: string, bound: Binding): void {
    this.#bindings.delete(address);
    this.#bindings.set(address, bound);
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
