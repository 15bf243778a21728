// A zone at run time: its configuration, its origins and how they stand, and what its clients are told, which may change while it runs.
// It comes into force and retires in reload/in-force.ts, and nowhere else.

import type { ErrorSettings, OriginConfig, ZoneConfig } from "./config/gateway-config.ts";
import { NameResolver } from "./connect/resolve.ts";
import type { AttemptSettings } from "./exchange/attempt-owner.ts";
import { Origin, type OriginLimits } from "./exchange/origin.ts";
import type { Profile } from "./map/profile.ts";
import { AddressWatch } from "./pick/address-watch.ts";
import { Affinity } from "./pick/affinity.ts";
import type { Choice } from "./pick/pick.ts";
import { Pool } from "./pick/pool.ts";
import { RetryBudget } from "./pick/retry-budget.ts";
import { Standing, type StandingChange } from "./pick/standing.ts";

const dayMs = 86_400_000;

/** Told of what becomes of a zone's origins. */
export interface ZoneListener {
  /** An origin has come into service. */
  onOpened(zone: Zone, pool: Pool, origin: Origin): void;
  /** An origin stands otherwise than before. */
  onStanding(zone: Zone, pool: string, origin: Origin, change: StandingChange): void;
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
  readonly #listener: ZoneListener;
  readonly #watches: AddressWatch[] = [];
  /** Requests and tunnels that are at one of the origins. */
  #underWay = 0;
  #isInForce = false;
  #isRetiring = false;
  #onEnded: () => void = () => {};

  /** `previous` is the zone whose place it takes. Until it comes into force it holds nothing that must be closed. */
  constructor(config: ZoneConfig, listener: ZoneListener, previous: Zone | null = null) {
    const { keepAliveMs, connectMs, dnsMs } = config.timeouts;
    this.name = config.name;
    this.config = config;
    this.retryCounts = previous?.retryCounts ?? {
      same_origin: 0,
      another_origin: 0,
      over_budget: 0,
    };
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
    this.resolver.onChange = (name, addresses) => this.#readdressed(name, addresses);
    this.budget = new RetryBudget(config.failover);
    this.#limits = {
      ...limits,
      keepAliveMs,
      queueMs: connectMs,
      isHttp2Offered: config.isHttp2Offered,
      isHttp2Prior: config.isHttp2Prior,
    };
    this.#listener = listener;
    this.pools = config.pools.map(
      (pool) => new Pool(pool, (origin) => this.#originOf(pool.name, origin)),
    );
    this.fallback = this.pools.find(({ name }) => name === config.fallbackPool) ?? null;
    this.affinity =
      config.affinity === null ? null : new Affinity(config.affinity, config.name, this.pools);
    if (previous !== null && previous.affinity !== null) this.affinity?.takeOver(previous.affinity);
    this.only = this.#onlyChoice();
  }

  /** Every origin there is now. */
  get origins(): readonly Origin[] {
    return this.pools.flatMap(({ origins }) => origins);
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

  /** Comes into force: its origins are checked, and their names watched, from now on. */
  open(): void {
    this.#isInForce = true;
    for (const pool of this.pools) {
      for (const origin of pool.origins) this.#listener.onOpened(this, pool, origin);
      for (const origin of pool.config.origins) if (origin.isEachAddress) this.#watch(pool, origin);
    }
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
    for (const watch of this.#watches) watch.close();
    for (const origin of this.origins) this.#listener.onClosed(this, origin);
  }

  /** A moment later: who has left one origin may be about to go to another. */
  #settle(): void {
    setImmediate(() => {
      if (this.#underWay === 0) this.#onEnded();
    });
  }

  /** Kept connections to addresses that a name does not have any more would hold its clients there for ever. */
  #readdressed(name: string, addresses: readonly string[]): void {
    for (const { address, connections } of this.origins) {
      if (address !== "") continue;
      for (const pool of connections) if (pool.target.host === name) pool.readdress(addresses);
    }
  }

  #watch(pool: Pool, config: OriginConfig): void {
    const { host } = config.targets.http;
    const watch = new AddressWatch(host, this.resolver, this.config.timeouts.dnsMs, (addresses) =>
      this.#readdress(pool, config, addresses),
    );
    this.#watches.push(watch);
  }

  /** One origin for each address; the known ones stay. Without any the name stands for itself, and its failure tells why. */
  #readdress(pool: Pool, config: OriginConfig, addresses: readonly string[]): void {
    const known = pool.originsOf(config);
    const wanted = addresses.length === 0 ? [""] : addresses;
    const origins = wanted.map(
      (address) =>
        known.find((origin) => origin.address === address) ??
        this.#originOf(pool.name, at(config, address)),
    );
    pool.replace(config, origins);
    for (const origin of origins)
      if (!known.includes(origin)) this.#listener.onOpened(this, pool, origin);
    for (const origin of known) {
      if (origins.includes(origin)) continue;
      this.#listener.onClosed(this, origin);
      origin.retire();
    }
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

/** An origin at one address of its name, or for "" at all of them. */
function at(config: OriginConfig, address: string): OriginConfig {
  const { http, https } = config.targets;
  const place = { address: address === "" ? null : address };
  const plain = { ...http, ...place };
  const secured = http === https ? plain : { ...https, ...place };
  return { ...config, targets: { http: plain, https: secured } };
}
