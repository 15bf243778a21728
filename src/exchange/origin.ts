// One origin of a zone at run time: the connections to it, in one pool, or in several where the client's scheme decides how it is
// spoken to, or where some requests cannot be spoken in HTTP/2; and how it stands among the others.

import type { OriginConfig } from "../config/gateway-config.ts";
import type { Scheme } from "../config/ssl-modes.ts";
import type { Target } from "../connect/target.ts";
import type { Standing } from "../pick/standing.ts";
import { ConnectionPool, type PoolCounts, type PoolLimits } from "./connection-pool.ts";

/** What an origin's connections may be and speak. */
export interface OriginLimits extends Omit<PoolLimits, "isHttp2"> {
  /** HTTP/2 is offered where there is TLS. */
  readonly isHttp2Offered: boolean;
  /** HTTP/2 is spoken where there is none. */
  readonly isHttp2Prior: boolean;
}

/** What an origin has under way, and the connections for it. */
export interface OriginLoad extends PoolCounts {
  readonly outstanding: number;
}

/** Of an origin that has nothing to do. */
export const noLoad: OriginLoad = {
  outstanding: 0,
  idle: 0,
  active: 0,
  connecting: 0,
  queued: 0,
};

/** An origin, its connections, and its standing. */
export class Origin {
  readonly config: OriginConfig;
  /** Its name in labels and log lines. */
  readonly label: string;
  readonly standing: Standing;
  /** The one address of its name that it stands for; empty where it stands for all of them. */
  readonly address: string;
  /** Every pool of connections there is. */
  readonly connections: readonly ConnectionPool[];
  /** What it has under way in other processes, when they were last asked. */
  elsewhere: OriginLoad = noLoad;
  /** What it has coming in a round of turns; see steering. */
  credit = 0;
  readonly #byScheme: Readonly<Record<Scheme, ConnectionPool>>;
  readonly #forUpgrades: Readonly<Record<Scheme, ConnectionPool>>;

  constructor(config: OriginConfig, limits: OriginLimits, standing: Standing) {
    const { http, https } = config.targets;
    const isHttp2 = ({ tls }: Target): boolean =>
      tls === null ? limits.isHttp2Prior : limits.isHttp2Offered;
    const poolOf = (target: Target): ConnectionPool =>
      new ConnectionPool(target, { ...limits, isHttp2: isHttp2(target) });
    // HTTP/2 has no Upgrade: where it is spoken, such requests have connections of their own. @see RFC 9113 §8.6
    const upgradePoolOf = (target: Target, pool: ConnectionPool): ConnectionPool =>
      isHttp2(target) ? new ConnectionPool(target, { ...limits, isHttp2: false }) : pool;

    const plain = poolOf(http);
    const secured = http === https ? plain : poolOf(https);
    const plainUpgrades = upgradePoolOf(http, plain);
    const securedUpgrades = http === https ? plainUpgrades : upgradePoolOf(https, secured);
    this.config = config;
    this.label = config.label;
    this.standing = standing;
    this.address = http.address ?? "";
    this.#byScheme = { http: plain, https: secured };
    this.#forUpgrades = { http: plainUpgrades, https: securedUpgrades };
    this.connections = [...new Set([plain, secured, plainUpgrades, securedUpgrades])];
  }

  /** The config has it take requests. */
  get isInService(): boolean {
    return this.config.isEnabled && this.config.weight > 0;
  }

  /** Requests that it has under way, here and elsewhere. */
  get outstanding(): number {
    return this.standing.outstanding + this.elsewhere.outstanding;
  }

  /** Its connections by state, here and elsewhere. */
  get connectionCounts(): PoolCounts {
    let { idle, active, connecting, queued } = this.elsewhere;
    for (const { counts } of this.connections) {
      idle += counts.idle;
      active += counts.active;
      connecting += counts.connecting;
      queued += counts.queued;
    }
    return { idle, active, connecting, queued };
  }

  /** The connections for requests of clients on this scheme. */
  connectionsFor(scheme: Scheme, isUpgrade = false): ConnectionPool {
    return (isUpgrade ? this.#forUpgrades : this.#byScheme)[scheme];
  }

  /** Takes no new requests, and lets go of each connection when it is free. */
  retire(): void {
    this.standing.close();
    for (const pool of this.connections) pool.retire();
  }

  close(): void {
    this.standing.close();
    for (const pool of this.connections) pool.close();
  }
}
