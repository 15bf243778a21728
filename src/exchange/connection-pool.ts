// The connections of one zone to one origin: kept ones are reused, last in first out; new ones are bounded, and so is the queue.
// Those of HTTP/2, which several requests share, stand in http2-pool.ts; they count all the same.

import { clearTimeout, setImmediate, setTimeout } from "node:timers";

import { ExchangeError } from "../classify/exchange-error.ts";
import type { Connection, ConnectOptions } from "../connect/connect.ts";
import { Crowd } from "../connect/crowd.ts";
import type { Target } from "../connect/target.ts";
import { Http2Connection } from "./http2-connection.ts";
import { Http2Pool, SharedOpening } from "./http2-pool.ts";
import {
  type ConnectionLimits,
  type ConnectionWaits,
  OriginConnection,
} from "./origin-connection.ts";
import type { OriginLane } from "./origin-lane.ts";

/** What a pool may hold. */
export interface PoolLimits extends ConnectionLimits {
  readonly originConnections: number;
  readonly originQueue: number;
  readonly waits: PoolWaits;
  /** HTTP/2 is offered by ALPN, or spoken at once where there is no TLS. */
  readonly isHttp2: boolean;
}

/** How long a pool waits, in milliseconds. The zone changes them with its clock. */
export interface PoolWaits extends ConnectionWaits {
  /** For which a request may wait for a connection. */
  readonly queueMs: number;
}

/** How many connections there are in each state, for the metric `edgecase_origin_connections`. */
export interface PoolCounts {
  readonly idle: number;
  readonly active: number;
  readonly connecting: number;
  readonly queued: number;
}

/** A request that waits for its turn. */
interface Waiter {
  /** The request's host, for which the certificate must be good. */
  readonly host: string;
  /** Ends the wait: with a kept connection, or with leave to open a new one. */
  readonly take: (lane: OriginLane | null) => void;
}

/** Connections to one origin. */
export class ConnectionPool {
  readonly target: Target;
  readonly #limits: PoolLimits;
  readonly #idle: OriginConnection[] = [];
  readonly #all = new Set<OriginConnection>();
  readonly #waiting: Waiter[] = [];
  readonly #crowd = new Crowd();
  readonly #http2: Http2Pool | null;
  #opening: SharedOpening<OriginConnection | Http2Connection> | null = null;
  #connecting = 0;
  #isRetired = false;
  /** The addresses that the origin's name has now; null until they have changed. */
  #addresses: ReadonlySet<string> | null = null;

  constructor(target: Target, limits: PoolLimits) {
    this.target = target;
    this.#limits = limits;
    this.#http2 = limits.isHttp2
      ? new Http2Pool(limits, {
          onFree: (connection) => this.#giveStreams(connection),
          onClosed: () => this.#admitNext(),
        })
      : null;
  }

  /** A kept connection, or a stream of one, whose certificate is good for this host; null if there is none. */
  takeIdle(requestHost: string): OriginLane | null {
    const stream = this.#http2?.take(requestHost) ?? null;
    if (stream !== null) return stream;
    for (let index = this.#idle.length - 1; index >= 0; index -= 1) {
      const candidate = this.#idle[index];
      if (candidate === undefined || !candidate.isUsable) {
        this.#idle.splice(index, 1);
        continue;
      }
      const { validFor } = candidate.connection;
      if (validFor !== null && validFor !== requestHost) continue;
      this.#idle.splice(index, 1);
      return candidate;
    }
    return null;
  }

  /**
   * A connection: a new one, or, where there may be no more, the first that becomes free.
   * Rejects with PhaseError, or with ExchangeError: `CONNECTION_LIMIT` if none did in time, `CLIENT_LEFT` if aborted.
   */
  async open(options: ConnectOptions): Promise<OriginLane> {
    while (this.#http2?.isExpected === true && (this.#opening !== null || this.#makeRoom())) {
      // oxlint-disable-next-line no-await-in-loop -- Once, unless others were quicker to take what was opened.
      const lane = await this.#openForAll(options);
      if (lane !== null) return lane;
    }
    if (this.#makeRoom()) this.#connecting += 1;
    else {
      const kept = await this.#waitForTurn(options);
      if (kept !== null) return kept;
    }
    const opened = await this.#connect(options);
    if (opened instanceof OriginConnection) return opened;
    const stream = opened.take(options.requestHost);
    return stream ?? this.open(options); // Somebody who waited was quicker.
  }

  /** Has a part in the connection that is being made, or begins one; null if there is nothing to be had of it. */
  async #openForAll(options: ConnectOptions): Promise<OriginLane | null> {
    if (this.#opening === null) {
      this.#connecting += 1;
      const opening = new SharedOpening(options, (shared) =>
        this.#connect(shared).finally(() => {
          if (this.#opening === opening) this.#opening = null;
        }),
      );
      this.#opening = opening;
    }
    const opening = this.#opening;
    const opened = await opening.join(options);
    if (opened instanceof Http2Connection) return opened.take(options.requestHost);
    return opening.claim() ? opened : null; // HTTP/1.1 after all.
  }

  /** Connects, as one of those that are counted as connecting. */
  async #connect(options: ConnectOptions): Promise<OriginConnection | Http2Connection> {
    const { tls } = this.target;
    const isWelcome = this.#http2?.isWelcome === true;
    try {
      const connection = await this.#crowd.connect(this.target, {
        ...options,
        offersHttp2: isWelcome && tls !== null,
      });
      if (this.#http2 !== null && (connection.isHttp2 || (isWelcome && tls === null)))
        return this.#http2.add(connection);
      if (isWelcome) this.#http2?.refused();
      return this.#keepWatch(new OriginConnection(connection, this.#limits));
    } finally {
      this.#connecting -= 1;
      setImmediate(() => this.#admitNext());
    }
  }

  #keepWatch(opened: OriginConnection): OriginConnection {
    this.#all.add(opened);
    opened.connection.socket.once("close", () => {
      this.#all.delete(opened);
      this.#admitNext();
    });
    return opened;
  }

  /** Keeps a connection whose response is complete, or gives it to whoever waits. */
  release(lane: OriginLane): void {
    if (!lane.finish()) return;
    const connection = lane as OriginConnection;
    if (this.#waiting.length === 0) return this.#keep(connection);
    // The origin may be about to close it.
    setImmediate(() => {
      const { validFor } = connection.connection;
      const next = this.#waiting.findIndex(({ host }) => validFor === null || validFor === host);
      if (!connection.isUsable) return;
      if (next >= 0) this.#waiting.splice(next, 1)[0]?.take(connection);
      else if (this.#waiting.length > 0) connection.destroy(); // Good for none of those who wait: make room.
      else this.#keep(connection);
    });
  }

  #keep(connection: OriginConnection): void {
    if (this.#isRetired || !this.#isCurrent(connection.connection)) connection.destroy();
    else this.#idle.push(connection);
  }

  get counts(): PoolCounts {
    for (let index = this.#idle.length - 1; index >= 0; index -= 1) {
      if (this.#idle[index]?.isUsable !== true) this.#idle.splice(index, 1);
    }
    const idle = this.#idle.length + (this.#http2?.idle ?? 0);
    return {
      idle,
      active: this.#size - idle,
      connecting: this.#connecting,
      queued: this.#waiting.length,
    };
  }

  /** Keeps no connection any more: idle ones close now, the others when what is under way on them has ended. */
  retire(): void {
    this.#isRetired = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    this.#http2?.retire();
  }

  /** The origin's name has these addresses from now on: connections to others are kept no longer than they are in use. */
  readdress(addresses: readonly string[]): void {
    this.#addresses = new Set(addresses);
    const isStale = ({ connection }: { connection: Connection }): boolean =>
      !this.#isCurrent(connection);
    for (const stale of this.#idle.filter(isStale)) stale.destroy();
    this.#http2?.retireWhere(isStale);
  }

  #isCurrent({ socket }: Connection): boolean {
    return this.#addresses === null || this.#addresses.has(socket.remoteAddress ?? "");
  }

  /** Destroys every connection, and keeps none from now on. */
  close(): void {
    this.#isRetired = true;
    for (const connection of this.#all) connection.destroy();
    this.#idle.length = 0;
    this.#http2?.close();
  }

  /** Streams that have become free, for those who wait. */
  #giveStreams(connection: Http2Connection): void {
    for (let index = 0; index < this.#waiting.length;) {
      const waiter = this.#waiting[index];
      const stream = waiter === undefined ? null : connection.take(waiter.host);
      if (stream === null) index += 1;
      else this.#waiting.splice(index, 1)[0]?.take(stream);
    }
    // Good for none of those who wait: make room. Or for nobody any more.
    if ((this.#waiting.length > 0 || this.#isRetired) && connection.isIdle) connection.retire();
  }

  /** Whether there may be one more, if need be in place of the oldest kept one, which is not good for this host. */
  #makeRoom(): boolean {
    if (this.#hasRoom) return true;
    const oldest = this.#idle.shift();
    if (oldest === undefined) this.#http2?.evictIdle();
    else {
      this.#all.delete(oldest);
      oldest.destroy();
    }
    return this.#hasRoom;
  }

  get #size(): number {
    return this.#all.size + (this.#http2?.size ?? 0);
  }

  get #hasRoom(): boolean {
    return this.#size + this.#connecting < this.#limits.originConnections;
  }

  /** Resolves with a kept connection, or with null when a new one may be opened; that one is then counted already. */
  #waitForTurn({ requestHost, signal }: ConnectOptions): Promise<OriginLane | null> {
    const { originConnections, originQueue, waits } = this.#limits;
    const { queueMs } = waits;
    return new Promise((resolve, reject) => {
      const leave = (code: "CONNECTION_LIMIT" | "CLIENT_LEFT", message: string): void => {
        settle();
        const place = this.#waiting.indexOf(waiter);
        if (place >= 0) this.#waiting.splice(place, 1);
        reject(new ExchangeError(code, message));
      };
      const settle = (): void => {
        clearTimeout(deadline);
        signal.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        host: requestHost,
        take: (lane) => {
          settle();
          resolve(lane);
        },
      };
      const onAbort = (): void => leave("CLIENT_LEFT", "the client left the queue");
      const deadline = setTimeout(
        () => leave("CONNECTION_LIMIT", `no connection became free in ${queueMs} ms`),
        queueMs,
      );
      signal.addEventListener("abort", onAbort, { once: true });
      if (this.#waiting.length < originQueue) this.#waiting.push(waiter);
      else {
        leave(
          "CONNECTION_LIMIT",
          `${originConnections} connections are in use and ${originQueue} requests wait`,
        );
      }
    });
  }

  #admitNext(): void {
    if (!this.#hasRoom) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#connecting += 1;
    next.take(null);
  }
}
