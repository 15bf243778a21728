// One origin of a zone at run time: the connections to it, in one pool, or in several where the client's scheme decides how it is
// spoken to, or where some requests cannot be spoken in HTTP/2.

import type { Scheme } from "../config/ssl-modes.ts";
import type { OriginTargets, Target } from "../connect/target.ts";
import { OriginPool, type PoolLimits } from "./origin-pool.ts";

/** What an origin's pools may hold and speak. */
export interface OriginLimits extends Omit<PoolLimits, "isHttp2"> {
  /** HTTP/2 is offered where there is TLS. */
  readonly isHttp2Offered: boolean;
  /** HTTP/2 is spoken where there is none. */
  readonly isHttp2Prior: boolean;
}

/** An origin and its connections. */
export class Origin {
  /** As the config has it. */
  readonly label: string;
  /** All there are. */
  readonly pools: readonly OriginPool[];
  readonly #byScheme: Readonly<Record<Scheme, OriginPool>>;
  readonly #forUpgrades: Readonly<Record<Scheme, OriginPool>>;

  constructor({ http, https }: OriginTargets, limits: OriginLimits) {
    const isHttp2 = ({ tls }: Target): boolean =>
      tls === null ? limits.isHttp2Prior : limits.isHttp2Offered;
    const poolOf = (target: Target): OriginPool =>
      new OriginPool(target, { ...limits, isHttp2: isHttp2(target) });
    // HTTP/2 has no Upgrade: where it is spoken, such requests have connections of their own. @see RFC 9113 §8.6
    const upgradePoolOf = (target: Target, pool: OriginPool): OriginPool =>
      isHttp2(target) ? new OriginPool(target, { ...limits, isHttp2: false }) : pool;

    const plain = poolOf(http);
    const secured = http === https ? plain : poolOf(https);
    const plainUpgrades = upgradePoolOf(http, plain);
    const securedUpgrades = http === https ? plainUpgrades : upgradePoolOf(https, secured);
    this.label = http.label;
    this.#byScheme = { http: plain, https: secured };
    this.#forUpgrades = { http: plainUpgrades, https: securedUpgrades };
    this.pools = [...new Set([plain, secured, plainUpgrades, securedUpgrades])];
  }

  /** The connections for requests of clients on this scheme. */
  poolFor(scheme: Scheme, isUpgrade = false): OriginPool {
    return (isUpgrade ? this.#forUpgrades : this.#byScheme)[scheme];
  }

  close(): void {
    for (const pool of this.pools) pool.close();
  }
}
