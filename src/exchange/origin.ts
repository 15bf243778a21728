// One origin of a zone at run time: the connections to it, in one pool, or in two where the client's scheme decides how it is spoken to.

import type { Scheme } from "../config/ssl-modes.ts";
import type { OriginTargets } from "../connect/target.ts";
import { OriginPool, type PoolLimits } from "./origin-pool.ts";

/** An origin and its connections. */
export class Origin {
  /** As the config has it. */
  readonly label: string;
  /** One or two. */
  readonly pools: readonly OriginPool[];
  readonly #byScheme: Readonly<Record<Scheme, OriginPool>>;

  constructor({ http, https }: OriginTargets, limits: PoolLimits) {
    const pool = new OriginPool(http, limits);
    const secured = http === https ? pool : new OriginPool(https, limits);
    this.label = http.label;
    this.pools = pool === secured ? [pool] : [pool, secured];
    this.#byScheme = { http: pool, https: secured };
  }

  /** The connections for requests of clients on this scheme. */
  poolFor(scheme: Scheme): OriginPool {
    return this.#byScheme[scheme];
  }

  close(): void {
    for (const pool of this.pools) pool.close();
  }
}
