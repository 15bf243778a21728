// A zone at run time: its configuration, its origins and how they stand, and what its clients are told, which may change while it runs.
// It comes into force and retires in reload/in-force.ts, and nowhere else.

import type {
  ErrorSettings,
  OriginConfig,
  PoolConfig,
  ZoneConfig,
} from "./config/gateway-config.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt-owner.ts";
import { Origin, type OriginLimits } from "./exchange/origin.ts";
import type { Profile } from "./map/profile.ts";
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
  readonly attempts: AttemptSettings;
  readonly budget: RetryBudget;
  readonly retryCounts: RetryCounts;
  /** Some origin errors give way to other content: only then is each response looked at. */
  readonly replacesErrors: boolean;
  /** What clients are told of failures; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** The profiles in force, or, once it has retired, those that were when it did. */
  profiles: ReadonlyMap<string, Profile> = new Map();
  readonly #limits: OriginLimits;
  readonly #onStanding: StandingListener;
  /** Requests and tunnels that are at one of the origins. */
  #underWay = 0;
  #isRetired = false;
  #onEnded: () => void = () => {};

  /** `retryCounts` are those of the zone whose place it takes. Until it comes into force it holds nothing that must be closed. */
  constructor(
    config: ZoneConfig,
    onStanding: StandingListener = () => {},
    retryCounts: RetryCounts = { same_origin: 0, another_origin: 0, over_budget: 0 },
  ) {
    const { keepAliveMs, connectMs, dnsMs } = config.timeouts;
    this.name = config.name;
    this.config = config;
    this.retryCounts = retryCounts;
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
    this.only = this.#onlyChoice();
  }

  /** Every origin there is now. */
  get origins(): readonly Origin[] {
    return this.pools.flatMap(({ origins }) => origins);
  }

  /** An origin of a pool, with nothing known of it yet. */
  openOrigin(pool: string, config: OriginConfig): Origin {
    const standing = new Standing(this.config.passive, (change) => {
      if (!this.#isRetired) this.#onStanding(this, pool, origin, change);
    });
    const origin = new Origin(config, this.#limits, standing);
    return origin;
  }

  /** A request has gone to an origin. */
  arrived(): void {
    this.#underWay += 1;
  }

  /** A request has left an origin: for another, or because it is over. */
  departed(): void {
    this.#underWay -= 1;
    if (this.#isRetired) this.#settle();
  }

  /** Gives way to other zones: what is idle closes, what is under way goes on. Resolves when nothing is under way any more. */
  retire(): Promise<void> {
    this.#isRetired = true;
    for (const origin of this.origins) origin.retire();
    return new Promise((resolve) => {
      this.#onEnded = resolve;
      this.#settle();
    });
  }

  /** Closes everything, whatever is under way. */
  close(): void {
    this.resolver.close();
    for (const origin of this.origins) origin.close();
  }

  /** A moment later: who has left one origin may be about to go to another. */
  #settle(): void {
    setImmediate(() => {
      if (this.#underWay === 0) this.#onEnded();
    });
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
