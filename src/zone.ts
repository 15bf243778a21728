// A zone at run time: its configuration, its origins and how they stand, and what its clients are told, which may change while it runs.

import type {
  ErrorSettings,
  OriginConfig,
  PoolConfig,
  ZoneConfig,
} from "./config/gateway-config.ts";
import { scale } from "./config/scale.ts";
import type { Timeouts } from "./config/schema.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt-owner.ts";
import type { PoolWaits } from "./exchange/connection-pool.ts";
import { Origin, type OriginLimits } from "./exchange/origin.ts";
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
  readonly resolver: NameResolver;
  /** Scaled by the clock; replaced whole when that is changed. */
  timeouts: Timeouts;
  /** Replaced whole with the timeouts. */
  attempts: AttemptSettings;
  readonly budget: RetryBudget;
  readonly retryCounts: RetryCounts = { same_origin: 0, another_origin: 0, over_budget: 0 };
  /** Some origin errors give way to other content: only then is each response looked at. */
  readonly replacesErrors: boolean;
  /** What clients are told of failures; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** Position in the list of zones: the row of its counters. */
  readonly index: number;
  /** Shared by every pool of connections. */
  readonly #waits: { -readonly [key in keyof PoolWaits]: PoolWaits[key] };
  readonly #limits: OriginLimits;
  readonly #onStanding: StandingListener;

  constructor(config: ZoneConfig, index: number, onStanding: StandingListener = () => {}) {
    this.name = config.name;
    this.config = config;
    this.index = index;
    this.timeouts = scale(config.unscaledTimeouts, config.clock);
    this.attempts = this.#attemptsNow();
    this.replacesErrors = config.replacesOriginErrors || config.errorRules.length > 0;
    this.errors = config.errors;
    this.resolver = new NameResolver(config.dnsServers, this.timeouts.dnsMs);
    this.budget = new RetryBudget(config.failover);
    this.#waits = waitsOf(this.timeouts);
    this.#limits = {
      ...config.limits,
      waits: this.#waits,
      isHttp2Offered: config.isHttp2Offered,
      isHttp2Prior: config.isHttp2Prior,
    };
    this.#onStanding = onStanding;
    this.pools = config.pools.map((pool) => this.#openPool(pool));
    this.fallback = this.pools.find(({ name }) => name === config.fallbackPool) ?? null;
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

  /** Scales the timeouts of requests that begin from now on; what is under way keeps its own. */
  setClock(clock: number): void {
    this.timeouts = scale(this.config.unscaledTimeouts, clock);
    this.attempts = this.#attemptsNow();
    this.resolver.setDeadline(this.timeouts.dnsMs);
    Object.assign(this.#waits, waitsOf(this.timeouts));
  }

  close(): void {
    this.resolver.close();
    for (const origin of this.origins) origin.close();
  }

  #attemptsNow(): AttemptSettings {
    const { isContentChecked, isBuffered, fields, limits } = this.config;
    return {
      ...this.timeouts,
      isContentChecked,
      bodyBytes: limits.bodyBytes,
      bufferBytes: isBuffered ? limits.bufferBytes : 0,
      server: fields.server,
    };
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

/** A request waits for a connection no longer than for a new one. */
function waitsOf({ keepAliveMs, connectMs }: Timeouts): PoolWaits {
  return { keepAliveMs, queueMs: connectMs };
}
