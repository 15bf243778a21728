// Session affinity: which origin a client belongs to, by its cookie or its address, for how long, and who lets go of it.
// Source: Cloudflare docs, Load Balancing, Session affinity.

import { hash } from "node:crypto";

import type { AffinityConfig, OriginConfig } from "../config/gateway-config.ts";
import type { Origin } from "../exchange/origin.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { AddressTable, type BindingListener } from "./address-table.ts";
import { openSession, sealSession } from "./affinity-cookie.ts";
import { cookieValues } from "./cookie-field.ts";
import type { Choice } from "./pick.ts";
import { isInService, type Pool } from "./pool.ts";

/** What a zone knows of its clients, for another process that shares them. */
export interface AffinityState {
  readonly bindings: AddressTable["bindings"];
  readonly offSince: ReadonlyMap<string, number>;
}

/** One zone's memory of its clients. With cookies the clients bear it themselves. */
export class Affinity {
  readonly config: AffinityConfig;
  readonly #zone: string;
  readonly #pools: readonly Pool[];
  /** Null with cookies. */
  readonly #addresses: AddressTable | null;
  /** Since when origins are switched off, in milliseconds since the epoch. */
  readonly #offSince = new Map<string, number>();
  readonly #ids = new WeakMap<Origin, string>();

  /** `onBound` hears of clients that are known by their address. */
  constructor(
    config: AffinityConfig,
    zone: string,
    pools: readonly Pool[],
    onBound?: BindingListener,
  ) {
    this.config = config;
    this.#zone = zone;
    this.#pools = pools;
    this.#addresses =
      config.by === "address"
        ? new AddressTable(config.ttlSeconds * 1_000, undefined, onBound)
        : null;
    for (const pool of pools) {
      for (const origin of pool.config.origins) {
        if (!isOpen(pool, origin)) this.#offSince.set(nameOf(pool, origin), Date.now());
      }
    }
  }

  /** Goes on from where the zone's affinity was before a reload: with its addresses, and with what was switched off then. */
  takeOver(previous: Affinity): void {
    for (const [name, since] of previous.#offSince)
      if (this.#offSince.has(name)) this.#offSince.set(name, since);
    if (previous.#addresses !== null) this.#addresses?.takeOver(previous.#addresses);
  }

  /** For another process. */
  get state(): AffinityState {
    return { bindings: this.#addresses?.bindings ?? [], offSince: this.#offSince };
  }

  /** Goes on from where another process is. */
  follow({ bindings, offSince }: AffinityState): void {
    for (const [name, since] of offSince)
      if (this.#offSince.has(name)) this.#offSince.set(name, since);
    for (const binding of bindings) this.#addresses?.learn(...binding);
  }

  /** Takes another process' word that an address belongs to an origin. */
  learn(address: string, originId: string): void {
    this.#addresses?.learn(address, originId);
  }

  /** Where the client belongs; null if it is new, or its origin is gone, or switched off for longer than it may drain. */
  find(context: ExchangeContext): Choice | null {
    const originId =
      this.#addresses === null
        ? this.#inCookie(context.req.headers.cookie)
        : this.#addresses.use(context.clientAddress);
    const choice = originId === null ? null : this.#choiceOf(originId);
    return choice !== null && this.#mayStay(choice) ? choice : null;
  }

  /**
   * The client gets an answer of `choice`, and belongs there from now on, unless it is `bound` elsewhere and was only helped out.
   * Returns the Set-Cookie field to send with it; null where there is nothing to say.
   */
  bind(context: ExchangeContext, bound: Choice | null, { pool, origin }: Choice): string | null {
    const { cookie, ttlSeconds, failover } = this.config;
    if (bound !== null && (bound.origin === origin || failover === "temporary")) return null;
    const originId = this.#idOf(pool, origin);
    if (this.#addresses !== null) {
      this.#addresses.bind(context.clientAddress, originId);
      return null;
    }
    const begunAt = Math.floor(Date.now() / 1_000);
    const value = sealSession({ originId, begunAt }, this.#zone);
    const secure = context.scheme === "https" ? "; Secure" : "";
    return `${cookie}=${value}; Path=/; Max-Age=${ttlSeconds}; HttpOnly; SameSite=Lax${secure}`;
  }

  #inCookie(field: string | undefined): string | null {
    if (field === undefined) return null;
    const { cookie, ttlSeconds } = this.config;
    for (const value of cookieValues(field, cookie)) {
      const session = openSession(value, this.#zone);
      if (session !== null && Date.now() / 1_000 - session.begunAt < ttlSeconds)
        return session.originId;
    }
    return null;
  }

  #choiceOf(originId: string): Choice | null {
    for (const pool of this.#pools) {
      const origin = pool.origins.find((one) => this.#idOf(pool, one) === originId);
      if (origin !== undefined) return { pool, origin };
    }
    return null;
  }

  #mayStay({ pool, origin }: Choice): boolean {
    if (isOpen(pool, origin.config)) return true;
    const offSince = this.#offSince.get(nameOf(pool, origin.config)) ?? Number.NEGATIVE_INFINITY;
    return Date.now() - offSince < this.config.drainSeconds * 1_000;
  }

  /** The same for the same origin after a reload. */
  #idOf(pool: Pool, origin: Origin): string {
    const known = this.#ids.get(origin);
    if (known !== undefined) return known;
    const name = `${nameOf(pool, origin.config)} ${origin.address}`;
    const id = hash("sha256", name, "hex").slice(0, 32);
    this.#ids.set(origin, id);
    return id;
  }
}

function isOpen(pool: Pool, origin: OriginConfig): boolean {
  return pool.config.isEnabled && isInService(origin);
}

function nameOf(pool: Pool, { label }: OriginConfig): string {
  return `${pool.name} ${label}`;
}
