// Where the gateway itself listens, so that no origin leads back to it.

import { lookup } from "node:dns/promises";
import { networkInterfaces } from "node:os";

import ipaddr from "ipaddr.js";

/** The addresses and ports of the gateway's own listeners. */
export class OwnAddresses {
  readonly #places = new Set<string>();
  readonly #onAdded: () => void;

  /** `onAdded` is called when there are more of them. */
  constructor(onAdded: () => void = () => {}) {
    this.#onAdded = onAdded;
  }

  /** Adds a listener. A wildcard host stands for every address of this machine. */
  async add(host: string, port: number): Promise<void> {
    const addresses =
      host === "0.0.0.0" || host === "::"
        ? Object.values(networkInterfaces()).flatMap((list) =>
            (list ?? []).map(({ address }) => address),
          )
        : (await lookup(host, { all: true })).map(({ address }) => address);
    for (const address of addresses) this.#places.add(placeOf(address, port));
    this.#onAdded();
  }

  /** All of them, for another process of the gateway. */
  get places(): readonly string[] {
    return [...this.#places];
  }

  /** Takes those of another process for its own. */
  share(places: readonly string[]): void {
    for (const place of places) this.#places.add(place);
  }

  readonly has = (address: string, port: number): boolean =>
    this.#places.has(placeOf(address, port));
}

/** One spelling for all of an address, an IPv4 one inside IPv6 among them. */
function placeOf(address: string, port: number): string {
  return `${ipaddr.isValid(address) ? ipaddr.process(address).toNormalizedString() : address} ${port}`;
}
