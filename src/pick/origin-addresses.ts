// Origins as the addresses of names: they come and go as DNS answers change, and kept connections with them.

import type { OriginConfig } from "../config/gateway-config.ts";
import type { NameResolver } from "../connect/resolve.ts";
import type { Origin } from "../exchange/origin.ts";
import { AddressWatch } from "./address-watch.ts";
import type { Pool } from "./pool.ts";

/** Who opens origins, and is told when they come into service and go out of it. */
export interface OriginOwner {
  open(pool: Pool, config: OriginConfig): Origin;
  onOpened(pool: Pool, origin: Origin): void;
  onClosed(origin: Origin): void;
}

/** The names of one zone's origins. */
export class OriginAddresses {
  readonly #pools: readonly Pool[];
  readonly #resolver: NameResolver;
  readonly #owner: OriginOwner;
  readonly #watches: AddressWatch[] = [];

  constructor(pools: readonly Pool[], resolver: NameResolver, owner: OriginOwner) {
    this.#pools = pools;
    this.#resolver = resolver;
    this.#owner = owner;
    resolver.onChange = (name, addresses) => this.#moved(name, addresses);
  }

  /** Watches the names whose addresses are origins of their own. `dnsMs` bounds one lookup. */
  watch(dnsMs: number): void {
    for (const pool of this.#pools) {
      for (const config of pool.config.origins) {
        if (!config.isEachAddress) continue;
        const { host } = config.targets.http;
        const onChange = (addresses: readonly string[]): void =>
          this.#readdress(pool, config, addresses);
        this.#watches.push(new AddressWatch(host, this.#resolver, dnsMs, onChange));
      }
    }
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
  }

  /** Kept connections to addresses that a name does not have any more would hold its clients there for ever. */
  #moved(name: string, addresses: readonly string[]): void {
    for (const { address, connections } of this.#pools.flatMap(({ origins }) => origins)) {
      if (address !== "") continue;
      for (const pool of connections) if (pool.target.host === name) pool.readdress(addresses);
    }
  }

  /** One origin for each address; the known ones stay. Without any the name stands for itself, and its failure tells why. */
  #readdress(pool: Pool, config: OriginConfig, addresses: readonly string[]): void {
    const known = pool.originsOf(config);
    const wanted = addresses.length === 0 ? [""] : addresses;
    const origins = wanted.map(
      (address) =>
        known.find((origin) => origin.address === address) ??
        this.#owner.open(pool, at(config, address)),
    );
    pool.replace(config, origins);
    for (const origin of origins) if (!known.includes(origin)) this.#owner.onOpened(pool, origin);
    for (const origin of known) {
      if (origins.includes(origin)) continue;
      this.#owner.onClosed(origin);
      origin.retire();
    }
  }
}

/** An origin at one address of its name, or for "" at all of them. */
function at(config: OriginConfig, address: string): OriginConfig {
  const { http, https } = config.targets;
  const place = { address: address === "" ? null : address };
  const plain = { ...http, ...place };
  const secured = http === https ? plain : { ...https, ...place };
  return { ...config, targets: { http: plain, https: secured } };
}
