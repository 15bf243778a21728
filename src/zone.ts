// A zone at run time: its configuration, its origins and how they stand, and what its clients are told, which may change while it runs.
// It comes into force and retires in reload/in-force.ts, and nowhere else.

import { setImmediate } from "node:timers";

import type { ErrorSettings, OriginConfig, ZoneConfig } from "./config/gateway-config.ts";
import { scale } from "./config/scale.ts";
import type { Timeouts } from "./config/schema.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt-owner.ts";
import type { PoolWaits } from "./exchange/connection-pool.ts";
import { Origin, type OriginLimits } from "./exchange/origin.ts";
import type { Profile } from "./map/profile.ts";
import { Affinity } from "./pick/affinity.ts";
import { OriginAddresses } from "./pick/origin-addresses.ts";
import type { Choice } from "./pick/pick.ts";
import { Pool } from "./pick/pool.ts";
import { RetryBudget } from "./pick/retry-budget.ts";
import { Standing, type StandingChange, type Trouble } from "./pick/standing.ts";

const dayMs = 86_400_000;

/** Told of what becomes of a zone's origins. */
export interface ZoneListener {
  /** An origin has come into service. */
  onOpened(zone: Zone, pool: Pool, origin: Origin): void;
  /** An origin stands otherwise than before. */
  onStanding(zone: Zone, pool: string, origin: Origin, change: StandingChange): void;
  /** A check of an origin has ended. */
  onChecked?(zone: Zone, pool: string, origin: Origin): void;
  /** A request has failed at an origin that is in service. */
  onFailed?(zone: Zone, pool: string, origin: Origin, trouble: Trouble): void;
  /** A client belongs to an origin, by its address, from now on or still. */
  onBound?(zone: Zone, address: string, originId: string): void;
  /** An origin has shown a certificate that ends at another time than the one before. */
  onCertificate(zone: Zone, origin: Origin): void;
  /** An origin has gone out of service for good. */
  onClosed(zone: Zone, origin: Origin): void;
}

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
  /** Scaled by the clock; replaced whole when that is changed. */
  timeouts: Timeouts;
  /** Replaced whole with the timeouts. */
  attempts: AttemptSettings;
  readonly budget: RetryBudget;
  readonly retryCounts: RetryCounts;
  /** Some origin errors give way to other content: only then is each response looked at. */
  readonly replacesErrors: boolean;
  /** What clients are told of failures; replaced whole when a toggle is changed. */
  errors: ErrorSettings;
  /** The profiles in force, or, once it has retired, those that were when it did. */
  profiles: ReadonlyMap<string, Profile> = new Map();
  readonly #limits: OriginLimits;
  readonly #listener: ZoneListener;
  readonly #addresses: OriginAddresses;
  /** Shared by every pool of connections. */
  readonly #waits: { -readonly [key in keyof PoolWaits]: PoolWaits[key] };
  #clock: number;
  /** Requests and tunnels that are at one of the origins. */
  #underWay = 0;
  #isInForce = false;
  #isRetiring = false;
  #onEnded: () => void = () => {};

  /** `previous` is the zone whose place it takes. Until it comes into force it holds nothing that must be closed. */
  constructor(config: ZoneConfig, listener: ZoneListener, previous: Zone | null = null) {
    this.name = config.name;
    this.config = config;
    this.retryCounts = previous?.retryCounts ?? {
      same_origin: 0,
      another_origin: 0,
      over_budget: 0,
    };
    this.#clock = config.clock;
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
    this.#listener = listener;
    this.pools = config.pools.map(
      (pool) => new Pool(pool, (origin) => this.#originOf(pool.name, origin)),
    );
    this.#addresses = new OriginAddresses(this.pools, this.resolver, {
      open: ({ name }, origin) => this.#originOf(name, origin),
      onOpened: (pool, origin) => listener.onOpened(this, pool, origin),
      onClosed: (origin) => listener.onClosed(this, origin),
    });
    this.fallback = this.pools.find(({ name }) => name === config.fallbackPool) ?? null;
    this.affinity =
      config.affinity === null
        ? null
        : new Affinity(config.affinity, config.name, this.pools, (address, originId) =>
            listener.onBound?.(this, address, originId),
          );
    if (previous !== null && previous.affinity !== null) this.affinity?.takeOver(previous.affinity);
    this.only = this.#onlyChoice();
  }

  /** Every origin there is now. */
  get origins(): readonly Origin[] {
    const [first] = this.pools; // Mostly the only one: asked for every failure.
    return this.pools.length === 1 && first !== undefined
      ? first.origins
      : this.pools.flatMap(({ origins }) => origins);
  }

  /** Whether an origin's certificate ends so soon that people are to be warned, or has ended. */
  isExpiring({ standing: { certificateExpiresAt } }: Origin): boolean {
    if (certificateExpiresAt === null) return false;
    return certificateExpiresAt - Date.now() < this.config.certificateWarningDays * dayMs;
  }

  /** The origins whose certificate ends soon, or has ended. */
  get expiring(): readonly Origin[] {
    return this.origins.filter((origin) => this.isExpiring(origin));
  }

  /** What scales its timeouts. */
  get clock(): number {
    return this.#clock;
  }

  /** Comes into force: its origins are checked, and their names watched, from now on. */
  open(): void {
    this.#isInForce = true;
    for (const pool of this.pools)
      for (const origin of pool.origins) this.#listener.onOpened(this, pool, origin);
    this.#addresses.watch(this.timeouts.dnsMs);
  }

  /** A request has gone to an origin. */
  arrived(): void {
    this.#underWay += 1;
  }

  /** A request has left an origin: for another, or because it is over. */
  departed(): void {
    this.#underWay -= 1;
    if (this.#isRetiring) this.#settle();
  }

  /** Scales the timeouts of requests that begin from now on; what is under way keeps its own. */
  setClock(clock: number): void {
    if (clock === this.#clock) return;
    this.#clock = clock;
    this.timeouts = scale(this.config.unscaledTimeouts, clock);
    this.attempts = this.#attemptsNow();
    this.resolver.setDeadline(this.timeouts.dnsMs);
    Object.assign(this.#waits, waitsOf(this.timeouts));
  }

  /** Gives way to other zones: what is idle closes, what is under way goes on. Resolves when nothing is under way any more. */
  retire(): Promise<void> {
    this.#isRetiring = true;
    this.#leaveForce();
    for (const origin of this.origins) origin.retire();
    return new Promise((resolve) => {
      this.#onEnded = resolve;
      this.#settle();
    });
  }

  /** Closes everything, whatever is under way. */
  close(): void {
    this.#leaveForce();
    this.resolver.close();
    for (const origin of this.origins) origin.close();
  }

  /** An origin of a pool, with nothing known of it yet. */
  #originOf(pool: string, config: OriginConfig): Origin {
    const standing = new Standing(this.config.passive, {
      onChange: (change) => {
        if (this.#isInForce) this.#listener.onStanding(this, pool, origin, change);
      },
      onChecked: () => this.#listener.onChecked?.(this, pool, origin),
      onFailed: (trouble) => {
        if (this.#isInForce) this.#listener.onFailed?.(this, pool, origin, trouble);
      },
      onCertificate: () => {
        if (this.#isInForce) this.#listener.onCertificate(this, origin);
      },
    });
    const origin: Origin = new Origin(config, this.#limits, standing);
    return origin;
  }

  /** Nobody is to hear of its origins any more. */
  #leaveForce(): void {
    if (!this.#isInForce) return;
    this.#isInForce = false;
    this.#addresses.close();
    for (const origin of this.origins) this.#listener.onClosed(this, origin);
  }

  /** A moment later: who has left one origin may be about to go to another. */
  #settle(): void {
    setImmediate(() => {
      if (this.#underWay === 0) this.#onEnded();
    });
  }

  #attemptsNow(): AttemptSettings {
    const { isContentChecked, isBuffered, fields, limits, affinity } = this.config;
    return {
      ...this.timeouts,
      isContentChecked,
      bodyBytes: limits.bodyBytes,
      bufferBytes: isBuffered ? limits.bufferBytes : 0,
      server: fields.server,
      ownCookie: affinity?.by === "cookie" ? affinity.cookie : null,
    };
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
