// Whether one more request can be taken on: how many are under way, how many clients are connected, how far behind the gateway is.
// Whatever is too much is refused at once and by itself, before it costs anything; what is under way goes on.

import type { Logger } from "pino";

import { edgeFailure } from "../classify/edge-failure.ts";
import type { OriginFailure } from "../classify/origin-failure.ts";
import type { Reason } from "../../edge-codes/index.ts";
import type { Overload } from "../config/schema.ts";
import type { ExchangeContext } from "../exchange-context.ts";
import { isHttp2 } from "../listen/client-request.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { LoopLag, sampleMs } from "./loop-lag.ts";
import { ShedShare } from "./shed-share.ts";

/** Nothing was refused for so long, in milliseconds: that is said. */
const calmMs = 5_000;

/** How much there is to do. */
export interface CapacityNumbers {
  readonly underWay: number;
  readonly connections: number;
  readonly lagMs: number;
}

/** Knows how much there is to do. */
export class Capacity {
  readonly connections: ConnectionLimit;
  readonly lag: LoopLag;
  /** Requests and tunnels that were let in and have not ended. */
  underWay = 0;
  readonly #share = new ShedShare();
  readonly #messages: Logger;
  #limits: Overload;
  /** Requests refused since the gateway began to refuse some. */
  #refused = 0;
  #refusedBefore = 0;
  #calmMs = 0;

  /** The same in other processes, when they were last asked. */
  elsewhere: readonly CapacityNumbers[] = [];

  /** `sharesPorts`: the listeners are other processes', too. */
  constructor(limits: Overload, messages: Logger, sharesPorts = false) {
    this.connections = new ConnectionLimit({ sharesPorts });
    this.#limits = limits;
    this.#messages = messages;
    this.lag = new LoopLag((lagMs) => this.#look(lagMs));
  }

  /** Sums, and the longest lag, of this process and those elsewhere. */
  get numbers(): CapacityNumbers {
    const { underWay, connections, lag, elsewhere } = this;
    const all = [{ underWay, connections: connections.count, lagMs: lag.lagMs }, ...elsewhere];
    return {
      underWay: all.reduce((sum, one) => sum + one.underWay, 0),
      connections: all.reduce((sum, one) => sum + one.connections, 0),
      lagMs: Math.max(...all.map(({ lagMs }) => lagMs)),
    };
  }

  /** Begins to look at the clock. */
  open(): void {
    this.adopt(this.#limits);
    this.lag.start();
  }

  close(): void {
    this.lag.close();
  }

  /** Goes by other limits from now on. */
  adopt(limits: Overload): void {
    this.#limits = limits;
    this.connections.allow(limits.connections);
    const { most } = this.connections;
    if (most < limits.connections)
      this.#messages.info(
        { wanted: limits.connections, connections: most },
        "the system lets the process open few files: client connections are limited accordingly",
      );
  }

  /** Counts a request as under way, or says why it may not be. */
  enter(context: ExchangeContext): OriginFailure | null {
    const refused =
      this.underWay >= this.#limits.requests ? this.#tooMany() : this.#behind(context);
    if (refused === null) {
      this.underWay += 1;
      context.isUnderWay = true;
    } else this.#refused += 1;
    return refused;
  }

  /** A request has ended, whether or not it was let in. */
  leave(context: ExchangeContext): void {
    if (!context.isUnderWay) return;
    context.isUnderWay = false;
    this.underWay -= 1;
  }

  #tooMany(): OriginFailure {
    const { requests } = this.#limits;
    return refusal("requests_at_limit", `${requests} requests are under way, and no more may be`);
  }

  #behind({ req, res }: ExchangeContext): OriginFailure | null {
    const { value } = this.#share;
    if (value > 0 && Math.random() < value) {
      const lagMs = Math.round(this.lag.lagMs);
      return refusal(
        "falling_behind",
        `the gateway was ${lagMs} ms behind of late, and refuses ${Math.round(value * 100)} % of all requests`,
      );
    }
    if (isHttp2(req) || !this.connections.isSurplus(req.socket)) return null;
    res.closeAfter();
    return refusal(
      "connections_at_limit",
      `no more than ${this.connections.most} clients may be connected`,
    );
  }

  #look(lagMs: number): void {
    this.#share.look(lagMs, this.#limits.lagMs);
    const isCalm = this.#refused === this.#refusedBefore;
    this.#calmMs = isCalm ? this.#calmMs + sampleMs : 0;
    if (!isCalm && this.#refusedBefore === 0) {
      const { underWay, connections } = this;
      this.#messages.warn(
        { underWay, connections: connections.count, lagMs: Math.round(lagMs) },
        "there is more to do than the gateway can: requests are refused",
      );
    }
    this.#refusedBefore = this.#refused;
    if (this.#refused > 0 && this.#calmMs >= calmMs) {
      this.#messages.info({ refused: this.#refused }, "requests are no longer refused");
      this.#refused = this.#refusedBefore = 0;
    }
  }
}

function refusal(reason: Reason<"proxy_internal_response">, detail: string): OriginFailure {
  return { ...edgeFailure("proxy_internal_response", detail), reason };
}
