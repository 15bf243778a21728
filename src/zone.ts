// A zone at run time: its configuration, its origins and how they stand, and what its clients are told, which may change while it runs.

import type {
  ErrorSettings,
  OriginConfig,
  PoolConfig,
  ZoneConfig,
} from "./config/gateway-config.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt-owner.ts";
import { Origin, type OriginLimits } from "./exchange/origin.ts";
import { Affinity } from "./pick/affinity.ts";
import type { Choice } from "./pick/pick.ts";
import { Pool } from "./pick/pool.ts";
import { RetryBudget } from "./pick/retry-budget.ts";
import { Standing, type StandingChange } from "./pick/standing.ts";

/** An origin of a zone has come to stand otherwise than before. */
export type StandingListener = (
  zone: Zone,
  pool: string,
  origin: Pick<Origin, "label" | "address">,
  change: StandingChange,
) => void;

/** What became of requests that failed at an origin, for the metric `edgecase_retries_total`. */
export interface RetryCounts {
  /** Sent again on a fresh connection to the same origin. */
  same_origin: number;
  another_origin: number;
  /** Would have been sent to another origin, had the budget allowed. */
  over_budget: number;
}

/** One site on this edge. */
export class Zone {
  readonly name: string;
  readonly config: ZoneConfig;
  /** In order, the fallback among them. */
  readonly pools: readonly Pool[];
  /** The pool that serves when no other does, whatever its checks say. */
  readonly fallback: Pool | null;
  /** The zone's one origin, where there is never anything to choose. */
  readonly only: Choice | null;
  /** Which clients belong where; null where that is nobody's business. */
  readonly affinity: Affinity | null;
  readonly resolver: NameResolver;
  readonly attempts: AttemptSettings;
  readonly budget: RetryBudget;
  readonly retryCounts: RetryCounts = { same_origin: 0, another_origin: 0, over_budget: 0 };
  /** Some origin errors give way to other content: only then is each response looked at. */
  readonly replacesErrors: boolean;
  /** What clients are told of failures; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** Position in the list of zones: the row of its counters. */
  readonly index: number;
  readonly #limits: OriginLimits;
  readonly #onStanding: StandingListener;

  constructor(config: ZoneConfig, index: number, onStanding: StandingListener = () => {}) {
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
      ownCookie: config.affinity?.by === "cookie" ? config.affinity.cookie : null,
    };
    this.replacesErrors = config.replacesOriginErrors || config.errorRules.length > 0;
    this.errors = config.errors;
    this.resolver = new NameResolver(config.dnsServers, dnsMs);
    this.budget = new RetryBudget(config.failover);
    this.#limits = {
      ...limits,
      keepAliveMs,
      queueMs: connectMs,
      isHttp2Offered: config.isHttp2Offered,
      isHttp2Prior: config.isHttp2Prior,
    };
    this.#onStanding = onStanding;
    this.pools = config.pools.map((pool) => this.#openPool(pool));
    this.fallback = this.pools.find(({ name }) => name === config.fallbackPool) ?? null;
    this.affinity =
      config.affinity === null ? null : new Affinity(config.affinity, config.name, this.pools);
    this.only = this.#onlyChoice();
  }

  /** Every origin there is now. */
  get origins(): readonly Origin[] {
    return this.pools.flatMap(({ origins }) => origins);
  }

  /** An origin of a pool, with nothing known of it yet. */
  openOrigin(pool: string, config: OriginConfig): Origin {
    const standing = new Standing(this.config.passive, (change) =>
      this.#onStanding(this, pool, origin, change),
    );
    const origin = new Origin(config, this.#limits, standing);
    return origin;
  }

  close(): void {
    this.resolver.close();
    for (const origin of this.origins) origin.close();
  }

  #openPool(config: PoolConfig): Pool {
    return new Pool(
      config,
      config.origins.map((origin) => this.openOrigin(config.name, origin)),
    );
  }

  #onlyChoice(): Choice | null {
    const { affinity } = this.config;
    const [pool] = this.pools;
    const [origin] = pool?.origins ?? [];
    if (pool === undefined || origin === undefined || affinity !== null) return null;
    const isAlone = this.pools.length === 1 && pool.config.origins.length === 1;
    const { isEnabled, weight, isEachAddress } = origin.config;
    const isSure = pool.config.isEnabled && isEnabled && weight > 0 && pool.config.monitor === null;
    return isAlone && isSure && !isEachAddress ? { pool, origin } : null;
  }
}
