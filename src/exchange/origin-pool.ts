// The connections of one zone to one origin: kept ones are reused, last in first out; new ones are bounded, and so is the queue.

import { ExchangeError } from "../classify/exchange-error.ts";
import { connectTo, type ConnectOptions } from "../connect/connect.ts";
import type { Target } from "../connect/target.ts";
import { type ConnectionLimits, OriginConnection } from "./origin-connection.ts";

/** What a pool may hold. */
export interface PoolLimits extends ConnectionLimits {
  readonly originConnections: number;
  readonly originQueue: number;
  /** Milliseconds for which a request may wait for a connection. */
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
  readonly take: (connection: OriginConnection | null) => void;
}

/** Connections to one origin. */
export class OriginPool {
  readonly target: Target;
  readonly #limits: PoolLimits;
  readonly #idle: OriginConnection[] = [];
  readonly #all = new Set<OriginConnection>();
  readonly #waiting: Waiter[] = [];
  #connecting = 0;

  constructor(target: Target, limits: PoolLimits) {
    this.target = target;
    this.#limits = limits;
  }

  /** A kept connection whose certificate is good for this host; null if there is none. */
  takeIdle(requestHost: string): OriginConnection | null {
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
  async open(options: ConnectOptions): Promise<OriginConnection> {
    if (!this.#hasRoom) this.#evictIdle();
    if (this.#hasRoom) this.#connecting += 1;
    else {
      const kept = await this.#waitForTurn(options);
      if (kept !== null) return kept;
    }
    try {
      const opened = new OriginConnection(await connectTo(this.target, options), this.#limits);
      this.#all.add(opened);
      opened.wire.socket.once("close", () => {
        this.#all.delete(opened);
        this.#admitNext();
      });
      return opened;
    } finally {
      this.#connecting -= 1;
      setImmediate(() => this.#admitNext());
    }
  }

  /** Keeps a connection whose response is complete, or gives it to whoever waits. */
  release(connection: OriginConnection): void {
    if (!connection.isUsable) return;
    if (this.#waiting.length === 0) {
      this.#idle.push(connection);
      return;
    }
    // undici may still be about to close it.
    setImmediate(() => {
      const { validFor } = connection.connection;
      const next = this.#waiting.findIndex(({ host }) => validFor === null || validFor === host);
      if (!connection.isUsable) return;
      if (next >= 0) this.#waiting.splice(next, 1)[0]?.take(connection);
      else if (this.#waiting.length > 0) connection.destroy(); // Good for none of those who wait: make room.
      else this.#idle.push(connection);
    });
  }

  get counts(): PoolCounts {
    for (let index = this.#idle.length - 1; index >= 0; index -= 1) {
      if (this.#idle[index]?.isUsable !== true) this.#idle.splice(index, 1);
    }
    const idle = this.#idle.length;
    return {
      idle,
      active: this.#all.size - idle,
      connecting: this.#connecting,
      queued: this.#waiting.length,
    };
  }

  /** Destroys every connection. */
  close(): void {
    for (const connection of this.#all) connection.destroy();
    this.#idle.length = 0;
  }

  /** Gives up the oldest kept connection: it is not good for the host that needs one now. */
  #evictIdle(): void {
    const oldest = this.#idle.shift();
    if (oldest === undefined) return;
    this.#all.delete(oldest);
    oldest.destroy();
  }

  get #hasRoom(): boolean {
    return this.#all.size + this.#connecting < this.#limits.originConnections;
  }

  /** Resolves with a kept connection, or with null when a new one may be opened; that one is then counted already. */
  #waitForTurn({ requestHost, signal }: ConnectOptions): Promise<OriginConnection | null> {
    const { originConnections, originQueue, queueMs } = this.#limits;
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
        take: (connection) => {
          settle();
          resolve(connection);
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
