// A zone at run time: its configuration, the origins' connections, and what its clients are told, which may change while it runs.

import type { ErrorSettings, ZoneConfig } from "./config/gateway-config.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt-owner.ts";
import { Origin } from "./exchange/origin.ts";

/** One site on this edge. */
export class Zone {
  readonly name: string;
  readonly config: ZoneConfig;
  readonly origins: readonly Origin[];
  readonly resolver: NameResolver;
  readonly attempts: AttemptSettings;
  /** Some origin errors give way to other content: only then is each response looked at. */
  readonly replacesErrors: boolean;
  /** What clients are told of failures; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** Position in the list of zones: the row of its counters. */
  readonly index: number;

  constructor(config: ZoneConfig, index: number) {
    const { keepAliveMs, connectMs, dnsMs } = config.timeouts;
    this.name = config.name;
    this.config = config;
    this.index = index;
    const { isContentChecked, isBuffered, fields, limits } = config;
    this.attempts = {
      ...config.timeouts,
      isContentChecked,
      bodyBytes: limits.bodyBytes,
      bufferBytes: isBuffered ? limits.bufferBytes : 0,
      server: fields.server,
    };
    this.replacesErrors = config.replacesOriginErrors || config.errorRules.length > 0;
    this.errors = config.errors;
    this.resolver = new NameResolver(config.dnsServers, dnsMs);
    this.origins = config.origins.map(
      (targets) =>
        new Origin(targets, {
          ...config.limits,
          keepAliveMs,
          queueMs: connectMs,
          isHttp2Offered: config.isHttp2Offered,
          isHttp2Prior: config.isHttp2Prior,
        }),
    );
  }

  close(): void {
    this.resolver.close();
    for (const origin of this.origins) origin.close();
  }
}
