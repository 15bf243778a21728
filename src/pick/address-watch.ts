// The addresses of a name, asked for again as often as their TTL says: for origins each of whose addresses is an origin of its own.

import { clearTimeout, setTimeout } from "node:timers";

import { classifyConnect } from "../classify/classify-connect.ts";
import type { NameResolver } from "../connect/resolve.ts";

/** Bounds of the wait between two lookups, in milliseconds, whatever a TTL says. */
const leastMs = 1_000;
const mostMs = 3_600_000;
/** The wait where nobody names a TTL: after a failure, and for names in the hosts file. */
const usualMs = 5_000;

/** What the resolver says when there is no such address, rather than that it could not find out. */
const noAddresses: ReadonlySet<string | null> = new Set(["nxdomain", "no_address"]);

/** Watches one name. */
export class AddressWatch {
  readonly #name: string;
  readonly #resolver: NameResolver;
  readonly #dnsMs: number;
  readonly #onChange: (addresses: readonly string[]) => void;
  #known = "";
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /**
   * `onChange` is called with all addresses there are whenever they are others than before; with none when the name has none any
   * more. An answer that does not come, or tells of a broken resolver, changes nothing.
   */
  constructor(
    name: string,
    resolver: NameResolver,
    dnsMs: number,
    onChange: (addresses: readonly string[]) => void,
  ) {
    this.#name = name;
    this.#resolver = resolver;
    this.#dnsMs = dnsMs;
    this.#onChange = onChange;
    void this.#look();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    let waitMs = usualMs;
    try {
      const { addresses, expiresAt } = await this.#resolver.resolve(this.#name, this.#dnsMs);
      if (expiresAt !== null) waitMs = expiresAt - Date.now();
      this.#found(addresses);
    } catch (error) {
      if (noAddresses.has(classifyConnect(error).reason)) this.#found([]);
    }
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), Math.min(Math.max(waitMs, leastMs), mostMs));
    this.#timer.unref();
  }

  /** The order of an answer means nothing: resolvers rotate it. */
  #found(addresses: readonly string[]): void {
    const known = addresses.toSorted().join(" ");
    if (known === this.#known || this.#isClosed) return;
    this.#known = known;
    this.#onChange(addresses);
  }
}
