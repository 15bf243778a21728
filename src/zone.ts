// A zone at run time: its configuration, the origins' connections, and what its clients are told, which may change while it runs.

import type { ErrorSettings, ZoneConfig } from "./config/gateway-config.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt.ts";
import { OriginPool } from "./exchange/origin-pool.ts";

/** One site on this edge. */
export class Zone {
  readonly name: string;
  readonly config: ZoneConfig;
  readonly pools: readonly OriginPool[];
  readonly resolver: NameResolver;
  readonly attempts: AttemptSettings;
  /** What clients are told of failures; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** Position in the list of zones: the row of its counters. */
  readonly index: number;

  constructor(config: ZoneConfig, index: number) {
    const { keepAliveMs, connectMs, dnsMs } = config.timeouts;
    this.name = config.name;
    this.config = config;
    this.index = index;
    this.attempts = { ...config.timeouts, isContentChecked: config.isContentChecked };
    this.errors = config.errors;
    this.resolver = new NameResolver(config.dnsServers, dnsMs);
    this.pools = config.origins.map(
      (target) =>
        new OriginPool(target, {
          ...config.limits,
          keepAliveMs,
          queueMs: connectMs,
          isHttp2: target.tls === null ? config.isHttp2Prior : config.isHttp2Offered,
        }),
    );
  }

  close(): void {
    this.resolver.close();
    for (const pool of this.pools) pool.close();
  }
}
