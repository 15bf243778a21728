// Origins that can stand in for one another, and which of them has its turn.

import type { OriginConfig, PoolConfig } from "../config/gateway-config.ts";
import type { Origin } from "../exchange/origin.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { ways } from "./steering.ts";

/** How poor an origin may be: good; taken out by real requests; well when it was last checked, if not trusted yet; or whatever it is. */
export type Demand = "good" | "passing" | "well" | "any";

/** One pool of a zone. */
export class Pool {
  readonly name: string;
  readonly config: PoolConfig;
  /** Its origins now: those of the config, or in place of one of them one for each of its addresses. */
  #origins: readonly Origin[];
  readonly #byConfig: Map<OriginConfig, readonly Origin[]>;

  constructor(config: PoolConfig, open: (origin: OriginConfig) => Origin) {
    this.name = config.name;
    this.config = config;
    this.#byConfig = new Map(config.origins.map((origin) => [origin, [open(origin)]]));
    this.#origins = [...this.#byConfig.values()].flat();
  }

  get origins(): readonly Origin[] {
    return this.#origins;
  }

  /** The origins that stand for one of the config. */
  originsOf(config: OriginConfig): readonly Origin[] {
    return this.#byConfig.get(config) ?? [];
  }

  /** Puts others in their place. */
  replace(config: OriginConfig, origins: readonly Origin[]): void {
    this.#byConfig.set(config, origins);
    this.#origins = [...this.#byConfig.values()].flat();
  }

  /** The origin whose turn it is, none of those `tried`; null if the pool has none that meets the demand. */
  pick(context: ExchangeContext, demand: Demand, tried: readonly Origin[]): Origin | null {
    if (!this.config.isEnabled || !this.#hasEnough(demand)) return null;
    const candidates = this.origins.filter(
      (origin) => meets(origin, demand) && !tried.includes(origin),
    );
    const [only] = candidates;
    if (only === undefined) return null;
    return candidates.length === 1 ? only : ways[this.config.steering](candidates, context);
  }

  /** Fewer origins pass their checks than the pool must have. */
  get isCritical(): boolean {
    return this.#passing.length < this.config.minimumOrigins;
  }

  /** The pool is switched on, and has enough origins that neither checks nor real requests speak against. */
  get isServing(): boolean {
    const good = this.#passing.filter(({ standing }) => !standing.isEjected);
    return this.config.isEnabled && good.length >= this.config.minimumOrigins;
  }

  get #passing(): readonly Origin[] {
    return this.#origins.filter((origin) => meets(origin, "passing"));
  }

  /** As many origins as the pool must have. Those that real requests took out count, or two such would take the others out, too. */
  #hasEnough(demand: Demand): boolean {
    if (demand === "any") return true;
    const least = demand === "good" ? "passing" : demand;
    const origins = this.#origins.filter((origin) => meets(origin, least));
    return origins.length >= this.config.minimumOrigins;
  }

  /** Whether others could serve, were this origin taken out: where every one is, all of them do, the well among them. */
  canSpare(origin: Origin): boolean {
    return this.origins.some((other) => other !== origin && meets(other, "passing"));
  }
}

function meets(origin: Origin, demand: Demand): boolean {
  return isInService(origin.config) && isUp(origin, demand);
}

/** Whether new clients may come to an origin, however it stands. */
export function isInService({ isEnabled, weight }: OriginConfig): boolean {
  return isEnabled && weight > 0;
}

/** Whether an origin stands well enough, in service or not. */
export function isUp({ standing }: Origin, demand: Demand): boolean {
  switch (demand) {
    case "good":
      return standing.isGood;
    case "passing":
      return standing.isPassing;
    case "well":
      return standing.isWell;
    case "any":
      return true;
  }
}
